package dev.doorbell.app.controls;

import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.paint.Paint;
import javafx.scene.text.Font;
import javafx.scene.text.Text;

/**
 * A region that draws itself on a canvas, once a pulse at most and only when something asked for it.
 *
 * <p>Colours and fonts are <em>inks</em>: empty texts of the scene graph that show nothing, whose fill and font a style
 * sheet sets ({@code .hex-view .ink-zero { -fx-fill: -color-fg-muted; }}). So a canvas follows the theme like any node.
 */
public abstract class CanvasRegion extends Region {
    private final Canvas canvas = new Canvas();
    private final Surface surface = new Surface();

    /** A region with one style class. */
    protected CanvasRegion(String styleClass) {
        getStyleClass().add(styleClass);
        getChildren().add(surface);
    }

    /** Draws everything. {@code width} and {@code height} are the inside of the padding; the canvas is clear. */
    protected abstract void draw(GraphicsContext g, double width, double height);

    /** Asks for {@link #draw} at the next pulse; cheap, may be called any number of times. */
    public final void redraw() {
        surface.requestLayout();
    }

    /** A colour and font that style sheets set through the class {@code ink-<name>}. */
    protected final Ink ink(String name) {
        return new Ink(name);
    }

    @Override
    protected void layoutChildren() {
        surface.resizeRelocate(snappedLeftInset(), snappedTopInset(), insideWidth(), insideHeight());
        surface.requestLayout();
    }

    /** The width inside the padding, less what a subclass keeps for itself. */
    protected double insideWidth() {
        return Math.max(0, getWidth() - snappedLeftInset() - snappedRightInset());
    }

    private double insideHeight() {
        return Math.max(0, getHeight() - snappedTopInset() - snappedBottomInset());
    }

    /** A styled paint and font; reading it is free, a change of it redraws. */
    public final class Ink {
        private final Text probe = new Text();

        private Ink(String name) {
            probe.getStyleClass().addAll("ink", "ink-" + name);
            probe.setManaged(false);
            probe.setMouseTransparent(true);
            probe.fillProperty().addListener(o -> redraw());
            probe.fontProperty().addListener(o -> requestLayout());
            getChildren().add(probe);
        }

        /** The paint of the style sheet; transparent while there is none. */
        public Paint paint() {
            return probe.getFill() == null ? Color.TRANSPARENT : probe.getFill();
        }

        /** The font of the style sheet. */
        public Font font() {
            return probe.getFont();
        }

        /** The advance of a text in this font, in pixels. */
        public double width(String text) {
            Text measure = new Text(text);
            measure.setFont(font());
            return measure.getLayoutBounds().getWidth();
        }
    }

    /** Unmanaged, hence a layout root: asking it to lay out again does not disturb the rest of the window. */
    private final class Surface extends Region {
        Surface() {
            setManaged(false);
            setMouseTransparent(true);
            getChildren().add(canvas);
        }

        @Override
        protected void layoutChildren() {
            double width = Math.ceil(getWidth());
            double height = Math.ceil(getHeight());
            if (canvas.getWidth() != width || canvas.getHeight() != height) {
                canvas.setWidth(width);
                canvas.setHeight(height);
            }
            GraphicsContext g = canvas.getGraphicsContext2D();
            g.clearRect(0, 0, width, height);
            if (width > 0 && height > 0) {
                draw(g, getWidth(), getHeight());
            }
        }
    }
}
