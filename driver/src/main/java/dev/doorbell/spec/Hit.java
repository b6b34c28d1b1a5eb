package dev.doorbell.spec;

/**
 * One result of a search.
 *
 * @param kind what was found
 * @param name short name with its path, such as {@code CSTS.RDY} or {@code 02/85}
 * @param title name in words
 * @param detail where: offset, bits, opcode, structure
 * @param item the spec object: RegisterSpec, FieldSpec, StructureSpec, CommandSpec, FeatureSpec, LogPageSpec,
 *     IdentifySpec, CapabilitySpec or StatusCodes.Status
 * @param score the higher the better; exact names are at 1000 and above
 */
public record Hit(Kind kind, String name, String title, String detail, Object item, int score) {
    /** What kind of item was found. */
    public enum Kind {
        REGISTER,
        REGISTER_FIELD,
        STRUCTURE,
        FIELD,
        COMMAND,
        COMMAND_FIELD,
        FEATURE,
        LOG_PAGE,
        IDENTIFY,
        CAPABILITY,
        STATUS
    }
}
