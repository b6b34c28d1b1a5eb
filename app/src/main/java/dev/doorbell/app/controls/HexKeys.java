package dev.doorbell.app.controls;

import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyEvent;

/** The keyboard of a dump: moving, extending, copying and, where it is allowed, typing bytes. */
final class HexKeys {
    private final HexView view;
    private boolean halfTyped;

    HexKeys(HexView view) {
        this.view = view;
    }

    /** The next digit typed is a first one again. */
    void leaveByte() {
        halfTyped = false;
    }

    void pressed(KeyEvent e) {
        if (e.isShortcutDown()) {
            shortcut(e);
            return;
        }
        int line = view.bytesPerLine();
        int at = Math.max(0, view.caret());
        switch (e.getCode()) {
            case LEFT -> move(e, at - 1);
            case RIGHT -> move(e, at + 1);
            case UP -> move(e, at - line >= 0 ? at - line : at);
            case DOWN -> move(e, at + line < view.size() ? at + line : at);
            case PAGE_UP -> move(e, at - line * view.rowsPerPage());
            case PAGE_DOWN -> move(e, at + line * view.rowsPerPage());
            case HOME -> move(e, at - at % line);
            case END -> move(e, at - at % line + line - 1);
            case ESCAPE -> {
                if (!view.selectionProperty().get().isEmpty()) {
                    view.clearSelection();
                    e.consume();
                }
            }
            case BACK_SPACE -> {
                if (view.editableProperty().get()) {
                    move(e, at - 1);
                }
            }
            case INSERT -> {
                view.setAsciiSide(!view.isAsciiSide());
                e.consume();
            }
            default -> {}
        }
    }

    private void shortcut(KeyEvent e) {
        switch (e.getCode()) {
            case HOME -> move(e, 0);
            case END -> move(e, view.size() - 1);
            case A -> {
                if (view.size() > 0) {
                    view.select(new HexRange(0, view.size()));
                }
                e.consume();
            }
            case C -> {
                HexMenu.copy(ByteText.hex(view.selectedBytes()));
                e.consume();
            }
            case V -> {
                paste();
                e.consume();
            }
            default -> {}
        }
    }

    void typed(KeyEvent e) {
        String text = e.getCharacter();
        if (!view.editableProperty().get() || view.caret() < 0 || text.length() != 1 || e.isShortcutDown()) {
            return;
        }
        char c = text.charAt(0);
        if (view.isAsciiSide()) {
            if (c >= 0x20 && c < 0x7f) {
                view.put(view.caret(), (byte) c);
                view.moveTo(view.caret() + 1, false);
                e.consume();
            }
        } else if (Character.digit(c, 16) >= 0 && c < 0x80) {
            digit(Character.digit(c, 16));
            e.consume();
        }
    }

    private void digit(int digit) {
        int at = view.caret();
        int old = view.byteAt(at) & 0xff;
        if (halfTyped) {
            view.put(at, (byte) (old & 0xf0 | digit));
            view.moveTo(at + 1, false);
        } else {
            view.put(at, (byte) (digit << 4 | old & 0x0f));
            halfTyped = true;
        }
    }

    private void paste() {
        String text = Clipboard.getSystemClipboard().getString();
        if (!view.editableProperty().get() || text == null || view.caret() < 0) {
            return;
        }
        byte[] bytes;
        try {
            bytes = ByteText.parseHex(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        HexRange selected = view.selectionProperty().get();
        int from = selected.isEmpty() ? view.caret() : selected.offset();
        for (int i = 0; i < bytes.length && from + i < view.size(); i++) {
            view.put(from + i, bytes[i]);
        }
        view.moveTo(from + bytes.length, false);
    }

    private void move(KeyEvent e, int to) {
        view.moveTo(to, e.isShiftDown());
        e.consume();
    }
}
