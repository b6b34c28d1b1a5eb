package dev.doorbell.app.controls.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimeFrameTest {
    private final TimeFrame frame = new TimeFrame();

    @BeforeEach
    void start() {
        frame.since(1000);
        frame.advance(1100);
    }

    @Test
    void follows() {
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1040, 1100));
        frame.advance(1101);
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1041, 1101));
    }

    @Test
    void aStretchStandsStillUntilItIsLiveAgain() {
        frame.show(1050, 1055);
        assertThat(frame.pausedProperty().get()).isTrue();
        frame.advance(1200);
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1050, 1055));
        frame.live();
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1195, 1200));
    }

    @Test
    void zoomingKeepsTheRightEdgeWhileItMovesAndThePointerWhileItStands() {
        frame.zoom(0.5, 1050);
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1070, 1100));
        frame.show(1040, 1080);
        frame.zoom(0.5, 1050);
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1045, 1065));
    }

    @Test
    void panningEndsWhereTheDataDoes() {
        frame.show(1050, 1060);
        frame.pan(-20);
        assertThat(frame.shown()).isEqualTo(new TimeFrame.Span(1030, 1040));
        frame.pan(-500);
        assertThat(frame.from()).isEqualTo(1000);
        frame.pan(5000);
        assertThat(frame.endProperty().get()).isEqualTo(1100);
    }

    @Test
    void neverShowsNothingOrMoreThanThereIs() {
        frame.show(1050, 1050);
        assertThat(frame.shown().seconds()).isEqualTo(0.5);
        for (int i = 0; i < 100; i++) {
            frame.zoom(2, 1050);
        }
        assertThat(frame.shown().seconds()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            frame.zoom(0.5, 1050);
        }
        assertThat(frame.shown().seconds()).isEqualTo(0.5);
    }
}
