/**
 * What the window shows, without the window: open devices, jobs, problems, actions, settings.
 *
 * <p>Properties belong to the JavaFX thread; device work runs on the threads of sessions and jobs. Knows JavaFX's
 * properties and nothing of its scene graph. Depends on the driver, the catalogue and the plugin interfaces.
 */
package dev.doorbell.app.model;
