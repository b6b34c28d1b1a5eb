package dev.doorbell.plugin;

/**
 * A command to show in the Command view, the argument of {@link Navigation#open(String, Object)} for {@code "command"}.
 *
 * @param admin for the admin queue, which decides what the opcode means
 * @param sqe 64 bytes
 */
public record RawCommand(boolean admin, byte[] sqe) {}
