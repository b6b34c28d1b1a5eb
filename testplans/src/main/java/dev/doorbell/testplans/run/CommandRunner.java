package dev.doorbell.testplans.run;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Command;
import dev.doorbell.driver.Completion;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.StructureSpec;
import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step.CommandStep;
import dev.doorbell.testplans.plan.Step.TogetherStep;
import dev.doorbell.testplans.plan.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs command steps. */
final class CommandRunner {
    private final CaseContext context;
    private final CommandBuilder builder;
    private final Completions completions;

    CommandRunner(CaseContext context) {
        this.context = context;
        this.builder = new CommandBuilder(context);
        this.completions = new Completions(context.flow());
    }

    StepOutcome run(CommandStep step, String path) {
        Built built = builder.build(step, path);
        Completion end = send(step.send().queue(), List.of(built)).getFirst();
        return judge(step, built, end);
    }

    StepOutcome run(TogetherStep step, String path) {
        List<Built> all = new ArrayList<>();
        for (CommandStep c : step.commands()) {
            all.add(builder.build(c, path + "." + (all.size() + 1)));
        }
        List<Completion> ends = send(step.commands().getFirst().send().queue(), all);
        List<StepOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            outcomes.add(judge(step.commands().get(i), all.get(i), ends.get(i)));
        }
        return new StepOutcome(
                String.join("; ", outcomes.stream().map(StepOutcome::expected).toList()),
                String.join("; ", outcomes.stream().map(StepOutcome::got).toList()));
    }

    /** A command ready to send. */
    record Built(Command command, Optional<CommandSpec> spec, Optional<Buffer> buffer, Duration timeout) {}

    private List<Completion> send(String queue, List<Built> built) {
        Qpair qpair = context.resources().qpair(queue);
        Duration longest =
                built.stream().map(Built::timeout).max(Duration::compareTo).orElseThrow();
        List<Completion> ends =
                completions.send(qpair, built.stream().map(Built::command).toList(), longest);
        boolean changes = built.stream()
                .flatMap(b -> b.spec().stream())
                .anyMatch(s -> s.queue() == CommandSpec.Queue.ADMIN && s.danger() != CommandSpec.Danger.NONE);
        if (changes) {
            context.facts().forget();
        }
        if (ends.stream().anyMatch(Completion::timedOut)) {
            context.saved().put(CaseRun.TIMED_OUT, "1");
        }
        return ends;
    }

    private StepOutcome judge(CommandStep step, Built built, Completion end) {
        Scope scope = context.scope();
        new StatusJudge(context.catalogue()).judge(step, end);
        List<String> expected = new ArrayList<>();
        List<String> got = new ArrayList<>();
        expected.add(StatusJudge.accepted(step.expect().status()));
        got.add(StatusJudge.text(context.catalogue(), end));
        step.expect().cdw0().ifPresent(check -> {
            long cdw0 = Integer.toUnsignedLong(end.cdw0());
            expected.add("dword 0 " + check.describe(scope));
            got.add("dword 0 is 0x%08x".formatted(cdw0));
            if (!check.holds(cdw0, scope)) {
                throw new StepFailure(
                        "Dword 0 of the completion is 0x%08x, expected %s.".formatted(cdw0, check.describe(scope)),
                        "dword 0 " + check.describe(scope),
                        "0x%08x (%s)".formatted(cdw0, Quantities.grouped(cdw0)));
            }
        });
        Optional<Decoded> decoded = decoded(step, built);
        new DataJudge(context, built).judge(step, decoded, expected, got);
        step.save().forEach((name, source) -> context.saved().put(name, saved(source, end, decoded)));
        return new StepOutcome(String.join("; ", expected), String.join("; ", got));
    }

    private Optional<Decoded> decoded(CommandStep step, Built built) {
        boolean needed = !step.expect().data().isEmpty()
                || step.save().values().stream().anyMatch(v -> v.text().startsWith("data."));
        if (!needed) {
            return Optional.empty();
        }
        Optional<StructureSpec> structure = step.expect().structure().isEmpty()
                ? built.spec().flatMap(s -> s.dataStructure(built.command().sqe()))
                : context.catalogue().structure(step.expect().structure());
        if (structure.isEmpty()) {
            throw new PlanException(
                    step.expect().at(),
                    "the data of this command has no structure in the catalogue; name one by 'structure'");
        }
        if (built.buffer().isEmpty()) {
            throw new PlanException(step.expect().at(), "the command has no data; give it room by 'in: BYTES'");
        }
        return Optional.of(structure.get().decode(built.buffer().get().toBytes()));
    }

    private static String saved(Value source, Completion end, Optional<Decoded> decoded) {
        return switch (source.text()) {
            case "cdw0" -> Integer.toUnsignedString(end.cdw0());
            case "cdw1" -> Integer.toUnsignedString(end.dword(1));
            case "latency" -> Long.toString(end.latencyNanos());
            case "cid" -> Integer.toString(end.cid());
            default -> {
                String path = source.text().substring("data.".length());
                yield decoded.flatMap(d -> d.find(path))
                        .map(DataJudge::plain)
                        .orElseThrow(() -> new PlanException(source.at(), "'" + path + "' is no field of the data"));
            }
        };
    }

    /** How data looks in messages: short data whole, long data by its size. */
    static String shown(byte[] data) {
        return data.length <= 16 ? Hex.text(data) : Quantities.bytes(data.length);
    }
}
