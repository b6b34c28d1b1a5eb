package dev.doorbell.testplans.plan;

import dev.doorbell.spec.CommandSpec;
import java.util.Map;
import java.util.Optional;

/**
 * A command to send.
 *
 * @param queue {@code admin}, {@code io} or a further qpair of the case, {@code io2} to {@code io9}
 * @param opcode as written: a number or the catalogue's name
 * @param spec the command in the catalogue, when it is there
 * @param fields catalogue field names, {@code nsid}, {@code fuse}, {@code psdt} or {@code cdw2} to {@code cdw15} to values
 * @param data the data buffer, when it has one
 * @param timeout time limit of this command
 */
public record CommandSend(
        String queue,
        Value opcode,
        Optional<CommandSpec> spec,
        Map<String, Value> fields,
        Optional<DataSource> data,
        Optional<Value> timeout) {

    public boolean isAdmin() {
        return queue.equals("admin");
    }

    /** What a command's data buffer holds when it is sent. */
    public sealed interface DataSource {
        /** The name under which later steps find the buffer; empty: none. */
        String name();

        /** Room for data that the device sends, filled with {@code 0xa5} before. */
        record In(Value bytes, String name) implements DataSource {}

        /** A pattern: {@code zeros}, {@code ones}, {@code random}, {@code incrementing} or a dword. */
        record Pattern(Value pattern, Value bytes, String name) implements DataSource {}

        /** Bytes as hex, padded with zeroes to a size. */
        record Hex(Value hex, Optional<Value> bytes, String name) implements DataSource {}

        /** A buffer that an earlier step named, itself, not a copy. */
        record Earlier(String name, SourceLine at) implements DataSource {}
    }
}
