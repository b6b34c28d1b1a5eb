/**
 * The workbench's entry point. {@code shell} is the window, {@code model} what it shows, {@code controls} the widgets and
 * {@code views} one folder a view. Views know the plugin interfaces, the model's value types and the controls, never the
 * shell and never each other; the shell finds them through {@code META-INF/services}.
 */
package dev.doorbell.app;
