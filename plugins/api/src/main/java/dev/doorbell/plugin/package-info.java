/**
 * What an add-on sees of Doorbell, and the host that loads add-ons.
 *
 * <p>An add-on contributes views ({@link dev.doorbell.plugin.ViewContribution}), actions
 * ({@link dev.doorbell.plugin.ActionContribution}) and catalogue files
 * ({@link dev.doorbell.plugin.CatalogueContribution}). Each is named in a {@code META-INF/services} file, or marked
 * with PF4J's {@code @Extension}. The workbench's own views are contributed in the same way.
 *
 * <p><b>Threads.</b> Everything here belongs to the JavaFX application thread unless its comment says otherwise. Device
 * work never runs there: it goes through {@link dev.doorbell.plugin.DeviceSession#ask} or
 * {@link dev.doorbell.plugin.Jobs#submit}, whose results come back on the JavaFX thread.
 *
 * <p><b>Emptiness.</b> A JavaFX observable holds {@code null} where there is nothing, so that {@code map},
 * {@code flatMap} and {@code orElse} work; every such observable says so. Nothing else takes or returns {@code null}.
 *
 * <p>Depends on the driver, the catalogue and JavaFX's scene graph; never on the workbench.
 */
package dev.doorbell.plugin;
