/**
 * Live charts: curves over one shared time axis, and latency histograms. ChartFX lays out axes, grid and canvas; what is
 * drawn is thinned out to the pixels there are, so that a chart costs the same with a hundred points or a million, and
 * nothing while it is out of sight. Colours come from {@code controls.css}.
 */
package dev.doorbell.app.controls.chart;
