package dev.doorbell.testplans.plan;

import java.math.BigInteger;

/**
 * A scalar of a plan as it was written. {@code ${…}} in it is worked out when the step runs: a name alone gives the
 * text that it stands for, anything more is arithmetic ({@code ${lbaCount - 1}}).
 *
 * @param text as written
 * @param at where it was written
 */
public record Value(String text, SourceLine at) {

    /** The text with every {@code ${…}} replaced. Throws {@link PlanException} for a name that is not known. */
    public String text(Scope scope) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (true) {
            int open = text.indexOf("${", from);
            if (open < 0) {
                return out.append(text, from, text.length()).toString();
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new PlanException(at, "'" + text + "' opens ${ without closing it");
            }
            out.append(text, from, open)
                    .append(inserted(text.substring(open + 2, close).strip(), scope));
            from = close + 1;
        }
    }

    /** The number that the text is: decimal, {@code 0x}, a size or a time in nanoseconds. */
    public BigInteger number(Scope scope) {
        String resolved = text(scope);
        return Quantities.amount(resolved)
                .orElseThrow(() -> new PlanException(
                        at, "'" + resolved + "' is not a number; allowed: 12, 0x0c, 4KiB, 250ms or ${…} of these"));
    }

    /** The number as a long; unsigned 64-bit values above {@link Long#MAX_VALUE} come out as negative. */
    public long asLong(Scope scope) {
        BigInteger n = number(scope);
        if (n.bitLength() > 64) {
            throw new PlanException(at, "'" + text + "' is " + n + ", which needs more than 64 bits");
        }
        return n.longValue();
    }

    /** The number as a non-negative int. */
    public int asInt(Scope scope) {
        BigInteger n = number(scope);
        if (n.signum() < 0 || n.bitLength() > 31) {
            throw new PlanException(at, "'" + text + "' is " + n + "; allowed here: 0 to 2147483647");
        }
        return n.intValue();
    }

    /** Whether the value can be known without running anything. */
    public boolean isConstant() {
        return !text.contains("${");
    }

    private String inserted(String expression, Scope scope) {
        return scope.lookup(expression).orElseGet(() -> {
            try {
                return Arithmetic.evaluate(expression, scope).toString();
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new PlanException(at, "${" + expression + "}: " + e.getMessage());
            }
        });
    }

    @Override
    public String toString() {
        return text;
    }
}
