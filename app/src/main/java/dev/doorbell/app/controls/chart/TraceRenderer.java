package dev.doorbell.app.controls.chart;

import io.fair_acc.chartfx.axes.Axis;
import io.fair_acc.chartfx.renderer.spi.AbstractRendererXY;
import io.fair_acc.chartfx.ui.css.DataSetNode;
import io.fair_acc.dataset.DataSet;
import java.util.List;
import java.util.function.Supplier;
import javafx.scene.canvas.GraphicsContext;

/** Lets ChartFX draw curves that this package keeps: one call for each picture, with axes that are up to date. */
final class TraceRenderer extends AbstractRendererXY<TraceRenderer> {
    /** Draws on the plot area. */
    @FunctionalInterface
    interface Painter {
        void paint(GraphicsContext g, Axis x, Axis y);
    }

    private final Supplier<Painter> painter;

    TraceRenderer(List<? extends Axis> axes, Supplier<Painter> painter) {
        this.painter = painter;
        getAxes().setAll(axes);
    }

    @Override
    public void render() {
        updateCachedVariables();
        GraphicsContext g = getChart().getCanvas().getGraphicsContext2D();
        g.save();
        painter.get().paint(g, getAxes().get(0), getAxes().get(1));
        g.restore();
    }

    @Override
    protected void render(GraphicsContext g, DataSet dataSet, DataSetNode style) {
        throw new UnsupportedOperationException("curves are drawn in one go");
    }

    @Override
    protected TraceRenderer getThis() {
        return this;
    }
}
