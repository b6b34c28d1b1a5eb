package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.SnapshotParameters;
import javafx.scene.canvas.Canvas;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.paint.Color;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testfx.api.FxToolkit;

/** A sparkline stands in a table's cell, and moves there. */
@Timeout(60)
class SparklineTest {
    private static final double[] LOW = {1, 1, 1, 1, 9};
    private static final double[] HIGH = {9, 9, 9, 9, 1};

    private final Sparkline line = new Sparkline();

    private final class Cell extends TableCell<String, String> {
        @Override
        protected void updateItem(String item, boolean empty) {
            super.updateItem(item, empty);
            setGraphic(empty ? null : line);
        }
    }

    @Test
    void isDrawnInATableCellAndAgainWhenItsValuesChange() throws Exception {
        FxToolkit.registerPrimaryStage();
        var stage = get(this::table);
        try {
            get(() -> show(LOW));
            frames(5);
            var low = get(this::inkAtTheTop);
            get(() -> show(HIGH));
            frames(5);
            assertThat(low)
                    .as("ink in the upper third while the values are low")
                    .isLessThan(45);
            assertThat(get(this::inkAtTheTop)).as("and while they are high").isGreaterThan(70);
        } finally {
            get(() -> {
                stage.close();
                return true;
            });
        }
    }

    private boolean show(double[] values) {
        line.show(values);
        return true;
    }

    private Stage table() {
        var column = new TableColumn<String, String>("course");
        column.setPrefWidth(160);
        column.setCellValueFactory(f -> new ReadOnlyObjectWrapper<>(f.getValue()));
        column.setCellFactory(c -> new Cell());
        var table = new TableView<String>();
        table.getColumns().add(column);
        table.getItems().setAll(List.of("one"));
        var stage = new Stage();
        ControlStage.show(stage, table, 300, 200);
        return stage;
    }

    /** Of the canvas alone, as a picture of the whole would lay everything out first. */
    private int inkAtTheTop() {
        var canvas = (Canvas) line.lookupAll("*").stream()
                .filter(Canvas.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(canvas.getWidth()).isGreaterThan(100);
        var parameters = new SnapshotParameters();
        parameters.setFill(Color.TRANSPARENT);
        var picture = canvas.snapshot(parameters, null);
        int count = 0;
        for (int y = 0; y < picture.getHeight() / 3; y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                count += picture.getPixelReader().getArgb(x, y) >>> 24 > 64 ? 1 : 0;
            }
        }
        return count;
    }

    private static void frames(int count) throws InterruptedException {
        var latch = new CountDownLatch(count);
        Platform.runLater(() -> new AnimationTimer() {
            @Override
            public void handle(long now) {
                latch.countDown();
                if (latch.getCount() == 0) {
                    stop();
                }
            }
        }.start());
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> T get(Supplier<T> task) throws Exception {
        return CompletableFuture.supplyAsync(task, Platform::runLater).get(30, TimeUnit.SECONDS);
    }
}
