package dev.doorbell.app.controls;

import java.util.function.Consumer;

/** Ties a field tree to a dump of the same bytes: a chosen field lights its bytes, chosen bytes choose their field. */
public final class FieldLink {
    private final FieldTree tree;
    private final HexView hex;
    private final int base;
    private Consumer<FieldRow> onChoose = row -> {};
    private boolean fromHex;

    /**
     * Ties them.
     *
     * @param base the offset in the decoded data at which the dump begins
     */
    public FieldLink(FieldTree tree, HexView hex, int base) {
        this.tree = tree;
        this.hex = hex;
        this.base = base;
        tree.setOnChoose(this::fieldChosen);
        hex.selectionProperty().addListener((o, was, is) -> bytesChosen(is));
    }

    /** Told of each field that is chosen, whichever side it came from. */
    public void setOnChoose(Consumer<FieldRow> chosen) {
        onChoose = chosen;
    }

    private void fieldChosen(FieldRow row) {
        HexRange range = row.range(base);
        hex.highlightProperty().set(range);
        if (!fromHex) {
            hex.clearSelection();
            if (!range.isEmpty()) {
                hex.reveal(Math.max(0, Math.min(range.last(), hex.size() - 1)));
                hex.reveal(range.offset());
            }
        }
        onChoose.accept(row);
    }

    private void bytesChosen(HexRange range) {
        if (!range.isEmpty()) {
            fromHex = true;
            tree.chooseAt(range.offset() + base);
            fromHex = false;
        }
    }
}
