/**
 * The Jupiter extension for tests written in Java: {@link dev.doorbell.testplans.junit.Doorbell @Doorbell} on a class
 * injects controller, namespace, qpairs and buffers of the device in {@code -Ddoorbell.device=}.
 */
package dev.doorbell.testplans.junit;
