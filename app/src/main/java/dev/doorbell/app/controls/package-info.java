/**
 * The controls that Doorbell's views are made of: raw bytes, decoded fields, bits, live figures.
 *
 * <p>A control here knows nothing of devices, of the workbench or of a view; it is given plain values and says what the
 * user did. Everything in it belongs to the JavaFX thread unless its documentation says otherwise. Colours come from
 * style sheets alone: {@code controls.css} uses the theme's looked-up names, so that both themes work, and what is drawn
 * on a canvas takes its colours from {@link dev.doorbell.app.controls.CanvasRegion inks}. The package may use
 * {@code dev.doorbell.spec} and nothing else of Doorbell.
 */
package dev.doorbell.app.controls;
