package dev.doorbell.app.views.plans;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.controls.StatusIcon;
import dev.doorbell.testplans.run.State;
import java.time.Duration;

/** States and times of runs as the views write them. */
final class States {
    private States() {}

    static StatusIcon.State icon(State state) {
        return switch (state) {
            case PENDING -> StatusIcon.State.PENDING;
            case RUNNING -> StatusIcon.State.RUNNING;
            case PASSED -> StatusIcon.State.PASSED;
            case FAILED, ERROR -> StatusIcon.State.FAILED;
            case SKIPPED -> StatusIcon.State.SKIPPED;
        };
    }

    /** Minutes and seconds: {@code 01:07}. */
    static String clock(Duration time) {
        return "%02d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
    }

    static String time(long nanos) {
        return nanos == 0 ? "" : Figures.nanos(nanos);
    }
}
