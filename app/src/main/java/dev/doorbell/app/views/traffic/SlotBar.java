package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.CanvasRegion;
import javafx.scene.canvas.GraphicsContext;

/** The slots of a queue as small blocks, the used ones filled; of a deep queue each block stands for several. */
final class SlotBar extends CanvasRegion {
    private static final double BLOCK = 7;
    private static final int MOST_BLOCKS = 32;

    private final Ink track = ink("track");
    private final Ink fill = ink("fill");
    private int outstanding;
    private int depth = 1;

    SlotBar() {
        super("slot-bar");
        setMinSize(24, 8);
        setPrefSize(140, 8);
        setMaxHeight(8);
    }

    void show(int used, int slots) {
        if (used != outstanding || slots != depth) {
            outstanding = used;
            depth = Math.max(1, slots);
            redraw();
        }
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        int blocks = (int) Math.clamp(Math.min(depth, width / 4), 1, MOST_BLOCKS);
        double step = Math.min(BLOCK + 2, (width + 1) / blocks);
        long used = Math.min(blocks, Math.round(Math.ceil((double) outstanding * blocks / depth)));
        for (int i = 0; i < blocks; i++) {
            g.setFill(i < used ? fill.paint() : track.paint());
            g.fillRect(Math.round(i * step), 0, Math.max(1, Math.round(step) - 1), height);
        }
    }
}
