package dev.doorbell.app.controls;

import javafx.scene.canvas.GraphicsContext;

/** How full a queue is. */
public final class QdepthBar extends CanvasRegion {
    private final Ink track = ink("track");
    private final Ink fill = ink("fill");
    private int outstanding;
    private int depth = 1;

    public QdepthBar() {
        super("qdepth-bar");
        setMinSize(16, 6);
        setPrefSize(40, 6);
        setMaxHeight(6);
    }

    /** Shows {@code outstanding} of {@code depth} commands. */
    public void show(int outstanding, int depth) {
        if (outstanding != this.outstanding || depth != this.depth) {
            this.outstanding = outstanding;
            this.depth = Math.max(1, depth);
            setAccessibleText(outstanding + "/" + depth);
            redraw();
        }
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        g.setFill(track.paint());
        g.fillRoundRect(0, 0, width, height, 2, 2);
        if (outstanding > 0) {
            g.setFill(fill.paint());
            g.fillRoundRect(0, 0, Math.max(1, width * Math.min(1, (double) outstanding / depth)), height, 2, 2);
        }
    }
}
