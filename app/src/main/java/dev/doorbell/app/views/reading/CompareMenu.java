package dev.doorbell.app.views.reading;

import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.History;
import dev.doorbell.plugin.Texts;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.control.MenuButton;
import javafx.scene.control.RadioMenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.Region;

/** Chooses what to compare with: the last refresh, one of the earlier readings, another open device, nothing. */
final class CompareMenu extends MenuButton {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final int EARLIER_SHOWN = 10;

    private final Texts texts;
    private final Consumer<Comparison> chosen;
    private Comparison comparison = new Comparison.LastRefresh();

    CompareMenu(Texts texts, Consumer<Comparison> chosen) {
        this.texts = texts;
        this.chosen = chosen;
        getStyleClass().addAll("outlined", "small", "compare-menu");
        setMinWidth(Region.USE_PREF_SIZE);
        say();
    }

    Comparison comparison() {
        return comparison;
    }

    /** Lists what there is; called before the menu opens. */
    void offer(Optional<DeviceSession> session, List<DeviceSession> all, String key) {
        ToggleGroup group = new ToggleGroup();
        getItems().clear();
        add(group, texts.get("compare.last"), new Comparison.LastRefresh());
        add(group, texts.get("compare.off"), new Comparison.Off());
        List<History.Reading> readings = session.map(s -> s.history().all(key)).orElse(List.of());
        if (readings.size() > 1) {
            getItems().add(new SeparatorMenuItem());
            List<History.Reading> earlier = readings.subList(0, readings.size() - 1);
            for (History.Reading reading :
                    earlier.reversed().stream().limit(EARLIER_SHOWN).toList()) {
                add(group, texts.get("compare.earlier", CLOCK.format(reading.at())), new Comparison.Earlier(reading));
            }
        }
        List<DeviceSession> others = all.stream()
                .filter(s -> session.isPresent() && s != session.get())
                .toList();
        if (!others.isEmpty()) {
            getItems().add(new SeparatorMenuItem());
            others.forEach(s -> add(group, s.name(), new Comparison.Other(s)));
        }
    }

    private void add(ToggleGroup group, String text, Comparison each) {
        RadioMenuItem item = new RadioMenuItem(text);
        item.setToggleGroup(group);
        item.setSelected(each.equals(comparison));
        item.setOnAction(e -> {
            comparison = each;
            say();
            chosen.accept(each);
        });
        getItems().add(item);
    }

    private void say() {
        String what = switch (comparison) {
            case Comparison.Off off -> texts.get("compare.off");
            case Comparison.LastRefresh last -> texts.get("compare.last");
            case Comparison.Earlier earlier -> CLOCK.format(earlier.reading().at());
            case Comparison.Other other -> other.session().name();
        };
        setText(what);
    }
}
