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
 * @param owner what a device is asked for to see it: RegisterSpec, IdentifySpec, LogPageSpec, FeatureSpec, CapabilitySpec
 *     or CommandSpec; StatusCodes.Status for one; StructureSpec where nothing else has the structure
 * @param path where it stands in the owner, such as {@code OACS.FORMAT}; empty for the owner itself
 * @param score the higher the better; exact names are at 1000 and above
 */
public record Hit(
        Kind kind, String name, String title, String detail, Object item, Object owner, String path, int score) {
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
