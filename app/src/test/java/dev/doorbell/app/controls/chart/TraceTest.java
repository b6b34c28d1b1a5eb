package dev.doorbell.app.controls.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TraceTest {
    @Test
    void thinningKeepsEveryPeakAndStaysSmall() {
        Trace trace = new Trace(1 << 18);
        for (int i = 0; i < 200_000; i++) {
            trace.add(i * 0.001, i == 77_777 ? 900 : i % 7);
        }
        Trace.Points points = trace.thinned(0, 200, 800);

        assertThat(points.count()).isLessThan(800 * 4 + 10);
        double highest = 0;
        for (int i = 0; i < points.count(); i++) {
            highest = Math.max(highest, points.y(i));
            assertThat(i == 0 || points.x(i) >= points.x(i - 1)).isTrue();
        }
        assertThat(highest).isEqualTo(900);
        assertThat(trace.max(0, 200)).isEqualTo(900);
        assertThat(trace.max(100, 200)).isEqualTo(6);
        assertThat(trace.minPositive(0, 200)).isEqualTo(1);
    }

    @Test
    void extremesOfAnyStretchAreThoseOfItsPoints() {
        Random random = new Random(3);
        Trace trace = new Trace(3000);
        double[] values = new double[10_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(1000);
            trace.add(i, values[i]);
        }
        for (int round = 0; round < 200; round++) {
            int from = 7001 + random.nextInt(2900);
            int to = from + random.nextInt(10_000 - from);
            double most = 0;
            for (int i = from; i <= to; i++) {
                most = Math.max(most, values[i]);
            }
            assertThat(trace.max(from, to)).isEqualTo(most);
        }
    }

    @Test
    void fullTraceForgetsTheOldestPoints() {
        Trace trace = new Trace(1500);
        for (int i = 0; i < 5000; i++) {
            trace.add(i, i * 10.0);
        }
        assertThat(trace.size()).isEqualTo(1500);
        assertThat(trace.firstTime()).isEqualTo(3500);
        assertThat(trace.at(4000.5)).isEqualTo(40_000);
        assertThat(trace.at(10)).isNaN();
        assertThat(trace.last()).isEqualTo(49_990);
    }

    @Test
    void gapsAreNoValues() {
        Trace trace = new Trace(100);
        trace.add(1, 5);
        trace.add(2, Double.NaN);
        trace.add(3, 7);
        assertThat(trace.max(0, 10)).isEqualTo(7);
        assertThat(trace.thinned(0, 10, 100).count()).isEqualTo(3);
    }
}
