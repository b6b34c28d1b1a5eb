package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.Qpair;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The device's qpairs side by side: how many commands are outstanding, and where the queues' ends are. */
final class QpairStrip extends HBox {
    private final TrafficDesk desk;
    private final Texts texts;
    private final Label count = new Label();
    private final HBox boxes = new HBox();
    private final List<Box> shown = new ArrayList<>();

    QpairStrip(TrafficDesk desk) {
        this.desk = desk;
        texts = desk.texts();
        setId("results-qpairs");
        getStyleClass().add("qpair-strip");
        var title = new Label(texts.get("qpairs"));
        title.getStyleClass().add("strong");
        count.getStyleClass().addAll("muted", "small");
        var head = new VBox(2, title, count);
        head.getStyleClass().add("qpair-head");
        var scroll = new ScrollPane(boxes);
        scroll.setFitToHeight(true);
        scroll.setFitToWidth(true);
        scroll.setVbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        HBox.setHgrow(scroll, Priority.ALWAYS);
        getChildren().addAll(head, scroll);
    }

    void show(List<Qpair.Info> qpairs) {
        if (qpairs.isEmpty()) {
            count.setText(texts.get("qpairs.none"));
        } else {
            int most = desk.facts().get().map(f -> f.maxQueues() + 1).orElse(0);
            count.setText(most == 0 ? Integer.toString(qpairs.size()) : texts.get("qpairs.count", qpairs.size(), most));
        }
        if (shown.size() != qpairs.size()) {
            shown.clear();
            qpairs.forEach(q -> shown.add(new Box(texts)));
            boxes.getChildren().setAll(shown.stream().map(Box::node).toList());
        }
        Map<Integer, String> owners = desk.runs()
                .current()
                .get()
                .filter(r -> !r.isOver()
                        && desk.session().filter(s -> s == r.session()).isPresent())
                .map(r -> r.workers().stream().collect(Collectors.toMap(WorkerTrack::qid, WorkerTrack::name)))
                .orElse(Map.of());
        for (int i = 0; i < shown.size(); i++) {
            var q = qpairs.get(i);
            shown.get(i).show(q, owner(q, owners));
        }
    }

    private String owner(Qpair.Info q, Map<Integer, String> owners) {
        if (q.qid() == 0) {
            return "";
        }
        return owners.getOrDefault(q.qid(), texts.get(q.worker() ? "qpair.worker" : "qpair.hand"));
    }

    /** One qpair. */
    private static final class Box {
        private final Texts texts;
        private final Label name = new Label();
        private final Label owner = new Label();
        private final Label load = new Label();
        private final SlotBar bar = new SlotBar();
        private final Label ends = new Label();
        private final VBox node;

        Box(Texts texts) {
            this.texts = texts;
            name.getStyleClass().add("strong");
            owner.getStyleClass().addAll("muted", "small");
            owner.setMinWidth(0);
            load.getStyleClass().add("mono");
            load.setMinWidth(Region.USE_PREF_SIZE);
            ends.getStyleClass().addAll("mono", "muted", "tiny");
            var gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            var top = new HBox(6, name, owner, gap, load);
            top.setAlignment(Pos.CENTER_LEFT);
            node = new VBox(5, top, bar, ends);
            node.getStyleClass().add("qpair-box");
        }

        Node node() {
            return node;
        }

        void show(Qpair.Info q, String who) {
            int slots = q.depth() - 1;
            set(name, q.qid() == 0 ? texts.get("qpair.admin") : "q" + q.qid());
            set(owner, q.alive() ? who : texts.get("qpair.lost"));
            set(load, q.outstanding() + "/" + slots);
            bar.show(q.outstanding(), slots);
            set(ends, "SQT 0x%02x  CQH 0x%02x  P %d".formatted(q.sqTail(), q.cqHead(), q.cqPhase()));
        }

        private static void set(Label label, String text) {
            if (!label.getText().equals(text)) {
                label.setText(text);
            }
        }
    }
}
