package dev.doorbell.testplans.run;

import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.RegisterSpec;
import dev.doorbell.testplans.plan.Check;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step.RegisterStep;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs register steps: writes, reads, and waits until a register is as expected. */
final class RegisterRunner {
    private static final long LOOK_NANOS = 1_000_000;

    private final CaseContext context;

    RegisterRunner(CaseContext context) {
        this.context = context;
    }

    StepOutcome run(RegisterStep step) {
        Scope scope = context.scope();
        Register register = find(step);
        step.write().ifPresent(value -> register.write(value.asLong(scope)));
        if (step.write().isPresent() && step.expect().isEmpty() && step.save().isEmpty()) {
            return new StepOutcome("", "wrote " + step.write().get().text(scope));
        }
        long limit = step.within().map(w -> w.asLong(scope)).orElse(0L);
        long start = System.nanoTime();
        while (true) {
            long value = register.read();
            Optional<StepFailure> wrong = judge(step, register, value, scope);
            if (wrong.isEmpty()) {
                save(step, register, value);
                return new StepOutcome(expected(step, scope), register.text(value));
            }
            if (System.nanoTime() - start >= limit) {
                throw wrong.get();
            }
            context.flow().sleep(LOOK_NANOS);
        }
    }

    private Optional<StepFailure> judge(RegisterStep step, Register register, long value, Scope scope) {
        for (var entry : step.expect().entrySet()) {
            Check check = entry.getValue();
            String field = entry.getKey();
            BigInteger number = register.number(field, value, check);
            String name = field.equals("value") ? step.register() : step.register() + "." + field;
            if (!check.holds(Optional.of(number), "0x" + number.toString(16), scope)) {
                String within =
                        step.within().map(w -> " within " + w.text(scope)).orElse("");
                return Optional.of(new StepFailure(
                        "%s is 0x%x, expected %s%s.".formatted(name, number, check.describe(scope), within),
                        expected(step, scope),
                        register.text(value)));
            }
        }
        return Optional.empty();
    }

    private static String expected(RegisterStep step, Scope scope) {
        List<String> parts = new ArrayList<>();
        step.expect()
                .forEach((field, check) ->
                        parts.add((field.equals("value") ? step.register() : field) + " " + check.describe(scope)));
        return String.join("; ", parts);
    }

    private void save(RegisterStep step, Register register, long value) {
        step.save().forEach((name, field) -> {
            Check anything = new Check(Check.Op.EQUAL, List.of(field), field.at());
            context.saved()
                    .put(name, register.number(field.text(), value, anything).toString());
        });
    }

    private Register find(RegisterStep step) {
        return context.catalogue()
                .register(step.register())
                .<Register>map(Named::new)
                .orElseGet(() -> new Offset(
                        Quantities.integer(step.register()).orElseThrow().intValueExact()));
    }

    /** A register that the catalogue knows, or a dword at an offset. */
    private sealed interface Register {
        long read();

        void write(long value);

        String text(long value);

        BigInteger number(String field, long value, Check check);
    }

    private final class Named implements Register {
        private final RegisterSpec spec;

        Named(RegisterSpec spec) {
            this.spec = spec;
        }

        @Override
        public long read() {
            return DeviceFacts.read(context.controller(), spec);
        }

        @Override
        public void write(long value) {
            if (spec.bytes() == Long.BYTES) {
                context.controller().device().registers().write64(spec.offset(), value);
            } else {
                context.controller().device().registers().write32(spec.offset(), (int) value);
            }
        }

        @Override
        public String text(long value) {
            return ("%s is 0x%0" + 2 * spec.bytes() + "x").formatted(spec.name(), value);
        }

        @Override
        public BigInteger number(String field, long value, Check check) {
            if (field.equals("value")) {
                return new BigInteger(Long.toUnsignedString(value));
            }
            Decoded decoded = spec.decode(value);
            return DeviceFacts.child(decoded, spec.name(), field)
                    .map(Decoded::raw)
                    .orElseThrow(() -> new PlanException(
                            check.at(),
                            "'%s' is no field of %s; allowed: value, %s"
                                    .formatted(
                                            field,
                                            spec.name(),
                                            String.join(
                                                    ", ",
                                                    decoded.children().stream()
                                                            .map(Decoded::name)
                                                            .toList()))));
        }
    }

    private final class Offset implements Register {
        private final int offset;

        Offset(int offset) {
            this.offset = offset;
        }

        @Override
        public long read() {
            return Integer.toUnsignedLong(
                    context.controller().device().registers().read32(offset));
        }

        @Override
        public void write(long value) {
            context.controller().device().registers().write32(offset, (int) value);
        }

        @Override
        public String text(long value) {
            return "the dword at 0x%x is 0x%08x".formatted(offset, value);
        }

        @Override
        public BigInteger number(String field, long value, Check check) {
            if (!field.equals("value")) {
                throw new PlanException(check.at(), "a register given by its offset has no fields; allowed: value");
            }
            return BigInteger.valueOf(value);
        }
    }
}
