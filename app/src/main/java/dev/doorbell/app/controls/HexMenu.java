package dev.doorbell.app.controls;

import java.util.function.Function;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;

/** What a right click on a dump offers: copying the selection, or everything, in several forms. */
final class HexMenu extends ContextMenu {
    HexMenu(HexView view) {
        CheckMenuItem fold = new CheckMenuItem(ControlTexts.of("hex.foldZeros"));
        fold.setSelected(view.foldZerosProperty().get());
        fold.setOnAction(e -> view.foldZerosProperty().set(fold.isSelected()));
        getItems()
                .addAll(
                        copying(view, "hex.copyHex", ByteText::hex),
                        copying(view, "hex.copyC", ByteText::c),
                        copying(view, "hex.copyAscii", ByteText::ascii),
                        new SeparatorMenuItem(),
                        fold);
    }

    private static MenuItem copying(HexView view, String key, Function<byte[], String> form) {
        MenuItem item = new MenuItem(ControlTexts.of(key));
        item.setOnAction(e -> copy(form.apply(view.selectedBytes())));
        return item;
    }

    static void copy(String text) {
        ClipboardContent content = new ClipboardContent();
        content.putString(text);
        Clipboard.getSystemClipboard().setContent(content);
    }
}
