package dev.doorbell.testplans.plan;

/**
 * Something that a device must have for a case to make sense.
 *
 * @param text as written: {@code oacs.format}, {@code device sim}, {@code namespaces >= 2}
 * @param subject the value looked at, as the inside of {@code ${…}}
 * @param check what must hold for it
 * @param reason why the case is skipped otherwise; empty: made from the text
 */
public record Requirement(String text, String subject, Check check, String reason, SourceLine at) {}
