package dev.doorbell.testplans.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command's end must be like.
 *
 * @param status any of these
 * @param cdw0 completion dword 0
 * @param structure the catalogue's structure that decodes the data; empty: the command's own
 * @param data structure path to what must hold
 * @param bytes offset to the bytes that must stand there, as hex
 * @param equals the name of a buffer that the data must equal
 * @param filled a byte that all data must equal
 */
public record CommandExpect(
        List<StatusMatch> status,
        Optional<Check> cdw0,
        String structure,
        Map<String, Check> data,
        Map<Value, Value> bytes,
        Optional<Value> equals,
        Optional<Value> filled,
        SourceLine at) {
    public CommandExpect {
        status = List.copyOf(status);
    }

    /** One accepted status. */
    public sealed interface StatusMatch {
        /** What is accepted, in words. */
        String describe();

        /** A code: status code type and status code. */
        record Code(int sct, int sc, String name) implements StatusMatch {
            @Override
            public String describe() {
                return sct == 0 && sc == 0
                        ? "Success"
                        : "%02x/%02x %s".formatted(sct, sc, name).strip();
            }
        }

        /** Any end that the device itself reported, good or bad. */
        record Any() implements StatusMatch {
            @Override
            public String describe() {
                return "any status";
            }
        }

        /** Any status but success. */
        record AnyError() implements StatusMatch {
            @Override
            public String describe() {
                return "any error status";
            }
        }

        /** No end within the time limit. */
        record Timeout() implements StatusMatch {
            @Override
            public String describe() {
                return "a timeout";
            }
        }
    }
}
