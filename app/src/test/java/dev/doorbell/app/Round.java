package dev.doorbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.shell.DrivenWindow;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.ViewContribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeTableView;

/** A day at the workbench, in short: every view, perspective and panel, and the heavy work in each of them. */
final class Round {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final List<String> READING = List.of("identify", "pciconfig", "registers", "logpages", "features");

    private final DrivenWindow window;
    private final Strict strict;
    private final Path folder;

    /** @param folder for the report */
    Round(DrivenWindow window, Strict strict, Path folder) {
        this.window = window;
        this.strict = strict;
        this.folder = folder;
    }

    /** Opens the simulated SSD, walks, and closes it again. */
    void walk() {
        openDevice();
        for (var perspective : Perspective.values()) {
            strict.step(
                    "perspective " + perspective,
                    () -> window.workbench().navigation().show(perspective));
            views(perspective);
        }
        explore();
        traffic();
        cmdlog();
        plans();
        palette();
        theme();
        sizes();
        perspectives();
        closeDevice();
    }

    private void openDevice() {
        strict.step("open the simulated SSD", () -> window.workbench().open("sim:"));
        until("the device is ready", this::ready);
    }

    private boolean ready() {
        var session = window.workbench().device().get();
        return session != null && session.state().getValue() == DeviceSession.State.READY;
    }

    private void closeDevice() {
        strict.step("close the device", () -> window.workbench().actions().run("device.close"));
        until("no device is open", () -> window.workbench().sessions().isEmpty());
    }

    private void until(String what, BooleanSupplier condition) {
        strict.quietly(
                what, () -> assertThat(window.await(LIMIT, condition)).as(what).isTrue());
    }

    private void settle(String what) {
        strict.quietly(what, () -> {
            assertThat(window.awaitIdle(LIMIT)).as("all jobs end after " + what).isTrue();
            CompletableFuture<Boolean> answer =
                    window.get(() -> window.workbench().device().get().<Boolean>ask(c -> true));
            answer.join();
        });
    }

    private void views(Perspective perspective) {
        for (var kind : ServiceLoader.load(ViewContribution.class)) {
            if (kind.placements().stream().anyMatch(p -> p.perspective() == perspective)) {
                strict.step(
                        perspective + " view " + kind.id(),
                        () -> window.workbench().navigation().open(kind.id()));
                settle(perspective + " view " + kind.id() + " is filled");
            }
        }
    }

    private void explore() {
        strict.step("perspective EXPLORE", () -> window.workbench().navigation().show(Perspective.EXPLORE));
        for (var id : READING) {
            strict.step("back to " + id, () -> window.workbench().navigation().open(id));
            strict.step("refresh " + id, () -> window.workbench().actions().run("view.refresh"));
            settle(id + " is read again");
            strict.step("open all of " + id, () -> trees(id, Round::expand));
            for (int row : new int[] {0, 3, 9, 30, 100, 300, 1000}) {
                strict.step("choose row " + row + " of " + id, () -> trees(id, tree -> choose(tree, row)));
            }
        }
    }

    private void trees(String id, Consumer<TreeTableView<?>> task) {
        all("#view-" + id, TreeTableView.class).forEach(task::accept);
    }

    private <T extends Node> List<T> all(String within, Class<T> type) {
        var found = new ArrayList<T>();
        var scene = window.window().stage().getScene();
        for (var root : scene.getRoot().lookupAll(within)) {
            root.lookupAll("*").stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .forEach(found::add);
        }
        return found;
    }

    private static void expand(TreeTableView<?> tree) {
        if (tree.getRoot() != null) {
            expand(tree.getRoot());
        }
    }

    private static void expand(TreeItem<?> item) {
        item.setExpanded(true);
        item.getChildren().forEach(Round::expand);
    }

    private static void choose(TreeTableView<?> tree, int row) {
        if (row < tree.getExpandedItemCount()) {
            tree.getSelectionModel().clearAndSelect(row);
            tree.scrollTo(Math.max(0, row - 3));
        }
    }

    private void press(String id) {
        strict.step("press " + id, () -> {
            if (window.window().stage().getScene().lookup("#" + id) instanceof ButtonBase button) {
                button.fire();
            } else {
                throw new IllegalStateException("There is no button " + id);
            }
        });
    }

    private void wait(String what, long millis) {
        strict.quietly(what, () -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void traffic() {
        strict.step("perspective TRAFFIC", () -> window.workbench().navigation().show(Perspective.TRAFFIC));
        strict.step("workload in front", () -> window.workbench().navigation().open("workload"));
        settle("the workload is checked");
        press("workload-start");
        wait("live charts", 3000);
        strict.step(
                "histogram while it runs", () -> window.workbench().navigation().open("histogram"));
        wait("live histogram", 1000);
        strict.step(
                "charts while it runs", () -> window.workbench().navigation().open("live"));
        strict.step(
                "cmdlog while it runs", () -> window.workbench().navigation().open("cmdlog"));
        wait("busy cmdlog", 2000);
        strict.step(
                "Explore while it runs", () -> window.workbench().navigation().show(Perspective.EXPLORE));
        wait("Explore beside a worker", 500);
        strict.step("back to Traffic", () -> window.workbench().navigation().show(Perspective.TRAFFIC));
        press("live-stop");
        settle("the worker has ended");
    }

    private void cmdlog() {
        strict.step("perspective EXPLORE", () -> window.workbench().navigation().show(Perspective.EXPLORE));
        strict.step("cmdlog in front", () -> window.workbench().navigation().open("cmdlog"));
        strict.quietly(
                "4096 commands",
                () -> window.get(() -> window.workbench().device().get().<Boolean>ask(controller -> {
                            try (var qpair = controller.createQpair(64);
                                    var buffer = controller.device().allocate(4096)) {
                                var ns = controller.namespace(1);
                                for (int i = 0; i < 4200; i++) {
                                    ns.read(qpair, buffer, i, 1);
                                }
                            }
                            return true;
                        }))
                        .join());
        wait("the log fills", 700);
        for (var text : List.of("o", "op", "opc", "opc==read && lat>1us", "")) {
            strict.step("filter the log: " + text, () -> field("cmdlog-filter").setText(text));
        }
        for (int row : new int[] {5, 500, 4000}) {
            strict.step("choose command " + row, () -> {
                var table = (TableView<?>) window.window().stage().getScene().lookup("#cmdlog-table");
                table.getSelectionModel().clearAndSelect(row);
                table.scrollTo(row);
            });
        }
    }

    private TextField field(String id) {
        Node node = window.window().stage().getScene().lookup("#" + id);
        return node instanceof TextField text ? text : (TextField) node.lookup(".text-field");
    }

    private void plans() {
        strict.step("perspective TEST", () -> window.workbench().navigation().show(Perspective.TEST));
        strict.step("run a plan", () -> window.workbench().navigation().open("plans", "run:smoke"));
        settle("the plan has ended");
        strict.step("open all cases", () -> trees("run", Round::expand));
        for (int row : new int[] {1, 4, 9, 15}) {
            strict.step("choose case " + row, () -> trees("run", tree -> choose(tree, row)));
        }
        strict.step("export a report", () -> window.workbench().navigation().open("run", folder.resolve("report")));
        settle("the report is written");
    }

    private void palette() {
        strict.step("open the palette", () -> window.workbench().actions().run("help.search"));
        for (var text :
                List.of("c", "cs", "cst", "csts", "", "f", "fi", "fid 2", "0x0b", "reset", "a", "e", "zzzz", "")) {
            strict.step("search " + text, () -> field("palette-input").setText(text));
        }
        strict.step(
                "close the palette",
                () -> window.window().stage().getScene().lookup("#palette").setVisible(false));
    }

    private void theme() {
        for (var perspective : Perspective.values()) {
            strict.step(
                    "perspective " + perspective,
                    () -> window.workbench().navigation().show(perspective));
            strict.step(
                    "theme in " + perspective,
                    () -> window.workbench().actions().run("window.theme"));
            strict.step(
                    "theme back in " + perspective,
                    () -> window.workbench().actions().run("window.theme"));
        }
    }

    private void sizes() {
        for (var perspective : Perspective.values()) {
            strict.step(
                    "perspective " + perspective,
                    () -> window.workbench().navigation().show(perspective));
            for (int width : new int[] {1500, 1400, 1280, 1440, 1600}) {
                strict.step(perspective + " " + width + " pixels wide", () -> {
                    window.window().stage().setWidth(width);
                    window.window().stage().setHeight(width * 10 / 16);
                });
            }
        }
    }

    private void perspectives() {
        for (var perspective : List.of(
                Perspective.EXPLORE,
                Perspective.TRAFFIC,
                Perspective.TEST,
                Perspective.EXPLORE,
                Perspective.TEST,
                Perspective.TRAFFIC)) {
            strict.step(
                    "perspective " + perspective,
                    () -> window.workbench().navigation().show(perspective));
        }
    }
}
