package dev.doorbell.testplans.run;

import dev.doorbell.driver.Completion;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.testplans.plan.CommandExpect.StatusMatch;
import dev.doorbell.testplans.plan.Step.CommandStep;
import java.util.List;
import java.util.stream.Collectors;

/** Judges a completion's status. */
record StatusJudge(Catalogue catalogue) {

    /** Throws {@link StepFailure} when the status is none of those accepted. */
    void judge(CommandStep step, Completion end) {
        List<StatusMatch> accepted = step.expect().status();
        if (accepted.stream().noneMatch(m -> matches(m, end))) {
            String text = text(catalogue, end);
            String finding = end.timedOut()
                    ? "%s did not end within its time limit, expected %s.".formatted(step.title(), accepted(accepted))
                    : "%s ended with %s, expected %s.".formatted(step.title(), text, accepted(accepted));
            throw new StepFailure(finding, accepted(accepted), text);
        }
    }

    private static boolean matches(StatusMatch match, Completion end) {
        if (end.lost()) {
            return false;
        }
        return switch (match) {
            case StatusMatch.Timeout t -> end.timedOut();
            case StatusMatch.Any a -> !end.timedOut();
            case StatusMatch.AnyError e -> !end.timedOut() && !end.isSuccess();
            case StatusMatch.Code code -> !end.timedOut() && end.sct() == code.sct() && end.sc() == code.sc();
        };
    }

    /** What is accepted, in words. */
    static String accepted(List<StatusMatch> accepted) {
        return accepted.stream().map(StatusMatch::describe).collect(Collectors.joining(" or "));
    }

    /** A completion's status in words. */
    static String text(Catalogue catalogue, Completion end) {
        if (end.timedOut()) {
            return "a timeout";
        }
        if (end.lost()) {
            return "nothing, the command was lost";
        }
        if (end.isSuccess()) {
            return "Success";
        }
        return "%02x/%02x %s"
                .formatted(
                        end.sct(),
                        end.sc(),
                        catalogue.statusCodes().of(end.sct(), end.sc()).name());
    }
}
