package dev.doorbell.app.controls.chart;

import dev.doorbell.app.controls.CanvasRegion;
import dev.doorbell.app.controls.Figures;
import io.fair_acc.chartfx.XYChart;
import io.fair_acc.chartfx.axes.Axis;
import io.fair_acc.chartfx.ui.geometry.Side;
import java.util.List;
import javafx.geometry.Bounds;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.layout.StackPane;
import javafx.scene.paint.Color;

/**
 * Which latencies occurred when: time to the right as in the other charts of its {@link TimeFrame}, latency upwards on a logarithmic axis,
 * and the more I/Os the stronger the colour, by their logarithm. It asks for its counts when it is drawn, and is drawn when the frame moves.
 */
public final class HeatMapChart extends StackPane {
    private static final double CELL_WIDTH = 6;
    private static final double CELL_HEIGHT = 6;

    /** The stretch of latencies that occurred. */
    public record Extent(double fromNanos, double toNanos) {}

    /** Where the counts come from; called on the JavaFX thread. */
    public interface Source {
        /** The latencies that occurred between two times; from above to when none did. */
        Extent extent(double from, double to, int columns);

        /**
         * How many I/Os fell into each cell.
         *
         * @param from the time at which the first column begins
         * @param to the time at which the last one ends
         * @param columns how many
         * @param rowsFrom the latency at which each row begins, the lowest first, and after the last one where that ends
         * @return one count for each cell, column after column, the lowest latency first
         */
        long[] counts(double from, double to, int columns, double[] rowsFrom);
    }

    private final TimeFrame frame;
    private final Source source;
    private final ScaleAxis time = new ScaleAxis(Side.BOTTOM, true, TimeChart::clock);
    private final ScaleAxis latency = new ScaleAxis(Side.LEFT, false, Figures::nanos);
    private final XYChart chart = new XYChart(time, latency);
    private final Overlay overlay;
    private Cells cells = new Cells(0, 0, new double[0], new long[0], 0);

    /** What is drawn. */
    private record Cells(double from, double to, double[] rows, long[] counts, long most) {
        int columns() {
            return rows.length < 2 ? 0 : counts.length / (rows.length - 1);
        }

        long at(int column, int row) {
            return counts[column * (rows.length - 1) + row];
        }
    }

    public HeatMapChart(TimeFrame frame, Source source) {
        this.frame = frame;
        this.source = source;
        overlay = new Overlay();
        getStyleClass().add("heat-map-chart");
        time.set(0, 60);
        latency.set(1e4, 1e7);
        latency.setLogAxis(true);
        chart.setLegendVisible(false);
        chart.setAnimated(false);
        chart.getPlugins().clear();
        ScaleAxis.withoutMinorGrid(chart);
        chart.getRenderers().setAll(new TraceRenderer(List.of(time, latency), () -> this::paint));
        getChildren().addAll(chart, overlay);
        frame.endProperty().addListener(o -> update());
        frame.windowProperty().addListener(o -> update());
        TimeMouse.install(overlay, frame, overlay::timeAt);
        setMinSize(120, 100);
    }

    /** Draws what the source has now. */
    public void update() {
        if (getScene() == null || Double.isNaN(frame.endProperty().get())) {
            return;
        }
        var shown = frame.shown();
        time.set(shown.from(), shown.to());
        int columns = (int) Math.max(8, plotWidth() / CELL_WIDTH);
        var extent = source.extent(shown.from(), shown.to(), columns);
        if (extent.fromNanos() < extent.toNanos()) {
            latency.set(Math.max(1, extent.fromNanos() / 1.1), Math.max(10, extent.toNanos() * 1.1));
        }
        chart.invalidate();
        overlay.redraw();
    }

    private double plotWidth() {
        return chart.getCanvas().getWidth() > 0 ? chart.getCanvas().getWidth() : 300;
    }

    private void paint(GraphicsContext g, Axis x, Axis y) {
        double width = x.getLength();
        double height = y.getLength();
        if (width < 1 || height < 1) {
            return;
        }
        cells = count((int) Math.max(8, width / CELL_WIDTH), (int) Math.max(8, height / CELL_HEIGHT));
        g.setImageSmoothing(false);
        g.drawImage(image(cells), 0, 0, width, height);
    }

    private Cells count(int columns, int rows) {
        double low = Math.log(latency.getMin());
        double step = (Math.log(latency.getMax()) - low) / rows;
        double[] begins = new double[rows + 1];
        for (int i = 0; i <= rows; i++) {
            begins[i] = Math.exp(low + i * step);
        }
        long[] counts = source.counts(time.getMin(), time.getMax(), columns, begins);
        long most = 0;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        return new Cells(time.getMin(), time.getMax(), begins, counts, most);
    }

    private WritableImage image(Cells c) {
        int columns = c.columns();
        int rows = c.rows.length - 1;
        int[] pixels = new int[columns * rows];
        int[] shades = shades();
        double scale = (shades.length - 1) / Math.max(1e-9, Math.log1p(c.most));
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                long count = c.at(column, row);
                if (count > 0) {
                    pixels[(rows - 1 - row) * columns + column] =
                            shades[(int) Math.clamp(Math.log1p(count) * scale, 1, shades.length - 1)];
                }
            }
        }
        var image = new WritableImage(columns, rows);
        image.getPixelWriter().setPixels(0, 0, columns, rows, PixelFormat.getIntArgbInstance(), pixels, 0, columns);
        return image;
    }

    /** From nearly nothing to the full colour, and on to the colour of the densest cells. */
    private int[] shades() {
        Color full = overlay.cell.paint() instanceof Color c ? c : Color.GRAY;
        Color dense = overlay.dense.paint() instanceof Color c ? c : full;
        int[] shades = new int[64];
        for (int i = 0; i < shades.length; i++) {
            double strength = (double) i / (shades.length - 1);
            Color colour = strength <= 0.7
                    ? full.deriveColor(0, 1, 1, 0.12 + 0.88 * strength / 0.7)
                    : full.interpolate(dense, (strength - 0.7) / 0.3);
            shades[i] = (int) Math.round(colour.getOpacity() * 255) << 24
                    | (int) Math.round(colour.getRed() * 255) << 16
                    | (int) Math.round(colour.getGreen() * 255) << 8
                    | (int) Math.round(colour.getBlue() * 255);
        }
        return shades;
    }

    /** The cursor and what stands under it. */
    private final class Overlay extends CanvasRegion {
        private final Ink cell = ink("cell");
        private final Ink dense = ink("cell-dense");
        private final Ink line = ink("cursor");
        private final Ink chosen = ink("selection");
        private final Ink pill = ink("pill");
        private final Ink ground = ink("dot-edge");
        private final Ink digits = ink("pill-text");
        private double pointerY = Double.NaN;

        Overlay() {
            super("heat-map-overlay");
            frame.cursorProperty().addListener(o -> redraw());
            frame.selectionProperty().addListener(o -> redraw());
            setOnMouseMoved(e -> point(e.getY()));
            setOnMouseDragged(e -> point(e.getY()));
            setOnMouseExited(e -> point(Double.NaN));
        }

        private void point(double y) {
            pointerY = y;
            redraw();
        }

        private Bounds plot() {
            return sceneToLocal(chart.getCanvas().localToScene(chart.getCanvas().getLayoutBounds()));
        }

        double timeAt(double x) {
            Bounds plot = plot();
            double part = Math.clamp((x - plot.getMinX()) / Math.max(1, plot.getWidth()), 0, 1);
            return time.getMin() + part * (time.getMax() - time.getMin());
        }

        @Override
        protected void draw(GraphicsContext g, double width, double height) {
            Bounds plot = plot();
            frame.selectionProperty().get().ifPresent(s -> {
                double from = plot.getMinX() + Math.max(0, time.fraction(s.from())) * plot.getWidth();
                double to = plot.getMinX() + Math.min(1, time.fraction(s.to())) * plot.getWidth();
                g.setFill(chosen.paint());
                g.fillRect(from, plot.getMinY(), to - from, plot.getHeight());
            });
            double at = frame.cursorProperty().get();
            if (!(at >= time.getMin() && at <= time.getMax())) {
                return;
            }
            double x = Math.round(plot.getMinX() + time.fraction(at) * plot.getWidth()) + 0.5;
            g.setStroke(line.paint());
            g.strokeLine(x, plot.getMinY(), x, plot.getMaxY());
            String text = TimeOverlay.clock(at) + under(plot, at);
            g.setFont(digits.font());
            double length = digits.width(text) + 12;
            double from = Math.clamp(x - length / 2, 0, Math.max(0, width - length));
            g.setFill(ground.paint());
            g.fillRect(from - 4, plot.getMaxY() + 3, length + 8, 19);
            g.setFill(pill.paint());
            g.fillRoundRect(from, plot.getMaxY() + 3, length, 17, 4, 4);
            g.setFill(digits.paint());
            g.fillText(text, from + 6, plot.getMaxY() + 15);
        }

        /** The latencies of the cell under the pointer, and how many I/Os it has. */
        private String under(Bounds plot, double at) {
            double up = (plot.getMaxY() - pointerY) / Math.max(1, plot.getHeight());
            int rows = cells.rows.length - 1;
            if (!(up >= 0 && up < 1) || cells.columns() == 0) {
                return "";
            }
            int row = Math.min((int) (up * rows), rows - 1);
            int column = (int) ((at - cells.from) / (cells.to - cells.from) * cells.columns());
            if (column < 0 || column >= cells.columns()) {
                return "";
            }
            return "  %s … %s  %s"
                    .formatted(
                            Figures.nanos(cells.rows[row]),
                            Figures.nanos(cells.rows[row + 1]),
                            Figures.si(cells.at(column, row)));
        }
    }
}
