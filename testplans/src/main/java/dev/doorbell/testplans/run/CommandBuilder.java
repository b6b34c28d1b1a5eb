package dev.doorbell.testplans.run;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Command;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.testplans.plan.CommandSend;
import dev.doorbell.testplans.plan.CommandSend.DataSource;
import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step.CommandStep;
import dev.doorbell.testplans.plan.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes the command and the data buffer that a step describes. */
final class CommandBuilder {
    private static final byte UNTOUCHED = (byte) 0xa5;
    private static final long MAX_BYTES = 64L << 20;

    private final CaseContext context;

    CommandBuilder(CaseContext context) {
        this.context = context;
    }

    CommandRunner.Built build(CommandStep step, String path) {
        CommandSend send = step.send();
        Scope scope = context.scope();
        int opcode = send.spec()
                .map(CommandSpec::opcode)
                .orElseGet(() -> send.opcode().asInt(scope));
        byte[] sqe = new byte[64];
        sqe[0] = (byte) opcode;
        send.fields().forEach((name, value) -> setField(sqe, name, value, send, scope));
        ByteBuffer dwords = ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN);
        if (!send.isAdmin() && !send.fields().containsKey("nsid")) {
            scope.lookup("nsid").ifPresent(nsid -> dwords.putInt(4, Integer.parseInt(nsid)));
        }
        Command command =
                Command.of(opcode).nsid(dwords.getInt(4)).fuse(sqe[1] & 3).psdt(sqe[1] >> 6 & 3);
        for (int i = 2; i < 16; i++) {
            if (dwords.getInt(4 * i) != 0) {
                command = command.dword(i, dwords.getInt(4 * i));
            }
        }
        Optional<Buffer> buffer = send.data().map(d -> buffer(d, path, scope));
        if (buffer.isPresent()) {
            command = command.data(buffer.get());
        }
        Duration timeout = send.timeout()
                .map(t -> Duration.ofNanos(t.asLong(scope)))
                .or(() -> context.plan().timeout())
                .orElse(context.controller().timeout());
        return new CommandRunner.Built(command.timeout(timeout), send.spec(), buffer, timeout);
    }

    private static void setField(byte[] sqe, String name, Value value, CommandSend send, Scope scope) {
        long number = value.asLong(scope);
        ByteBuffer dwords = ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN);
        switch (name) {
            case "nsid" -> dwords.putInt(4, (int) number);
            case "fuse" -> sqe[1] |= (byte) (number & 3);
            case "psdt" -> sqe[1] |= (byte) ((number & 3) << 6);
            default -> {
                if (name.startsWith("cdw")) {
                    dwords.putInt(4 * Integer.parseInt(name.substring(3)), (int) number);
                    return;
                }
                CommandSpec spec = send.spec().orElseThrow();
                DwordField field = spec.fields().stream()
                        .filter(f -> f.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                byte[] changed = spec.set(sqe, field, number);
                if (spec.get(changed, field) != number) {
                    throw new PlanException(
                            value.at(), "%d does not fit into %s (%s)".formatted(number, name, field.title()));
                }
                System.arraycopy(changed, 0, sqe, 0, sqe.length);
            }
        }
    }

    private Buffer buffer(DataSource data, String path, Scope scope) {
        return switch (data) {
            case DataSource.In in -> {
                Buffer b = context.resources().allocate(size(in.bytes(), scope), in.name());
                b.fill(UNTOUCHED);
                yield b;
            }
            case DataSource.Pattern pattern -> {
                Buffer b = context.resources().allocate(size(pattern.bytes(), scope), pattern.name());
                b.put(0, pattern(pattern.pattern(), b.size(), path, scope));
                yield b;
            }
            case DataSource.Hex hex -> {
                byte[] bytes = Hex.bytes(hex.hex().text(scope));
                int size = hex.bytes().map(s -> size(s, scope)).orElse(bytes.length);
                Buffer b = context.resources().allocate(Math.max(size, bytes.length), hex.name());
                b.fill((byte) 0);
                b.put(0, bytes);
                yield b;
            }
            case DataSource.Earlier earlier ->
                context.resources()
                        .named(earlier.name())
                        .orElseThrow(() -> new PlanException(
                                earlier.at(), "no earlier step of this case names a buffer '" + earlier.name() + "'"));
        };
    }

    private byte[] pattern(Value pattern, int size, String path, Scope scope) {
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        String name = pattern.text(scope);
        switch (name) {
            case "zeros" -> {}
            case "ones" -> java.util.Arrays.fill(bytes, (byte) 0xff);
            case "random" ->
                new SplittableRandom(Seeds.of(context.seed(), context.plan().fullId() + "#" + path)).nextBytes(bytes);
            case "incrementing" -> {
                for (int i = 0; i < size; i++) {
                    bytes[i] = (byte) i;
                }
            }
            default -> {
                int dword = (int) pattern.asLong(scope);
                while (out.remaining() >= Integer.BYTES) {
                    out.putInt(dword);
                }
            }
        }
        return bytes;
    }

    private static int size(Value value, Scope scope) {
        long bytes = value.asLong(scope);
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new PlanException(value.at(), bytes + " bytes is no size of a data buffer; allowed: 1 to 64 MiB");
        }
        return (int) bytes;
    }
}
