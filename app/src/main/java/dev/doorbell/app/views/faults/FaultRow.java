package dev.doorbell.app.views.faults;

import dev.doorbell.driver.FaultRule;
import dev.doorbell.driver.Simulator.RuleState;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** One rule of the plan in the table: the text stays, switch and counts follow the simulator. */
final class FaultRow {
    private final int index;
    private final String when;
    private final String then;
    private final ReadOnlyObjectWrapper<RuleState> state;

    FaultRow(int index, RuleState state) {
        this.index = index;
        this.state = new ReadOnlyObjectWrapper<>(state);
        String text = state.rule().withEnabled(true).text();
        int at = text.indexOf(" then ");
        when = text.substring(0, at);
        then = text.substring(at + 6);
    }

    /** Position in the plan, from 0. */
    int index() {
        return index;
    }

    String when() {
        return when;
    }

    String then() {
        return then;
    }

    FaultRule rule() {
        return state.get().rule();
    }

    ReadOnlyObjectProperty<RuleState> state() {
        return state.getReadOnlyProperty();
    }

    /** Takes over switch and counts of the same rule. False: it is another one. */
    boolean follow(RuleState now) {
        if (!now.rule().withEnabled(true).equals(rule().withEnabled(true))) {
            return false;
        }
        state.set(now);
        return true;
    }
}
