package dev.doorbell.app.views.faults;

import dev.doorbell.driver.FaultRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A rule as the form's fields have it: words, right or wrong. The text form is what joins fields and rule, so that form and text cannot
 * differ.
 *
 * @param on whether the rule is switched on
 * @param trigger what it waits for
 * @param at value of the trigger: a queue id, a time, a register's offset; empty where it has none
 * @param opcode name or number, empty: any
 * @param nsid empty: any
 * @param lba block or range, empty: any
 * @param dwords further conditions in the text form, such as {@code dw10=0x2/0xff}
 * @param skip empty: none
 * @param every empty: each
 * @param times empty: no limit
 * @param chance with or without %, empty: always
 * @param effect the first thing that goes wrong
 * @param value its value with what belongs to it, such as {@code 2/0x81 dnr}
 * @param also further effects in the text form
 */
record RuleDraft(
        boolean on,
        Trigger trigger,
        String at,
        String opcode,
        String nsid,
        String lba,
        String dwords,
        String skip,
        String every,
        String times,
        String chance,
        Effect effect,
        String value,
        String also) {
    /** What a rule waits for, as the form offers it. */
    enum Trigger {
        IO("io"),
        ADMIN("admin"),
        ANY("any"),
        QUEUE("queue"),
        ENABLE("enable"),
        DISABLE("disable"),
        SHUTDOWN("shutdown"),
        REGISTER("register"),
        NOW("now"),
        AFTER("after");

        private final String word;

        Trigger(String word) {
            this.word = word;
        }

        /** Whether it is about commands, so that conditions on commands make sense. */
        boolean isCommand() {
            return ordinal() <= QUEUE.ordinal();
        }

        /** Whether it takes a value. */
        boolean hasValue() {
            return this == QUEUE || this == REGISTER || this == AFTER;
        }

        /** Whether it happens once, so that there is nothing to count. */
        boolean isOnce() {
            return this == NOW || this == AFTER;
        }
    }

    /** What goes wrong, as the form offers it. */
    enum Effect {
        DELAY("delay", true, true),
        DROP("drop", false, false),
        STATUS("status", true, true),
        CORRUPT("corrupt", true, false),
        WRONG_CID("wrong-cid", true, false),
        DUPLICATE("duplicate", true, false),
        WRONG_PHASE("wrong-phase", false, false),
        WRONG_SQID("wrong-sqid", true, true),
        WRONG_SQHD("wrong-sqhd", true, true),
        NO_INTERRUPT("no-interrupt", false, false),
        FATAL("fatal", false, false),
        STALL("stall", true, false),
        HANG("hang", true, false),
        REMOVE("remove", true, false),
        RESET("reset", false, false),
        STUCK("stuck", false, false),
        EVENT("event", true, true);

        private final String word;
        private final boolean hasValue;
        private final boolean needsValue;

        Effect(String word, boolean hasValue, boolean needsValue) {
            this.word = word;
            this.hasValue = hasValue;
            this.needsValue = needsValue;
        }

        boolean hasValue() {
            return hasValue;
        }

        /** Whether the trigger can set it off. */
        boolean suits(Trigger trigger) {
            return switch (trigger) {
                case ENABLE -> this == STUCK || this == DELAY || this == FATAL;
                case DISABLE, SHUTDOWN -> this == STUCK || this == DELAY;
                case REGISTER -> this == DELAY;
                case NOW, AFTER ->
                    switch (this) {
                        case FATAL, STALL, HANG, REMOVE, RESET, EVENT -> true;
                        default -> false;
                    };
                default -> this != STUCK;
            };
        }
    }

    /** What a new rule begins with: every read is late. */
    static final RuleDraft FRESH = of("io opcode=read then delay=5ms");

    /** The fields of a rule. */
    static RuleDraft of(FaultRule rule) {
        return of(rule.text());
    }

    private static RuleDraft of(String text) {
        int then = text.indexOf("then ");
        List<String> conditions = words(text.substring(0, then));
        List<String> effects = words(text.substring(then + 5));
        Trigger trigger = conditions.stream()
                .flatMap(word -> trigger(word).stream())
                .findFirst()
                .orElse(Trigger.ANY);
        int own = ownWords(effects);
        String first = effects.getFirst();
        String value = first.indexOf('=') < 0 ? "" : first.substring(first.indexOf('=') + 1);
        return new RuleDraft(
                !conditions.contains("off"),
                trigger,
                value(conditions, trigger.word),
                value(conditions, "opcode"),
                value(conditions, "nsid"),
                value(conditions, "lba"),
                String.join(
                        " ", conditions.stream().filter(w -> w.startsWith("dw")).toList()),
                value(conditions, "skip"),
                value(conditions, "every"),
                value(conditions, "times"),
                value(conditions, "chance"),
                effect(first),
                String.join(" ", joined(value, effects.subList(1, own))),
                String.join(" ", effects.subList(own, effects.size())));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<String> joined(String first, List<String> rest) {
        List<String> all = new ArrayList<>();
        if (!first.isEmpty()) {
            all.add(first);
        }
        all.addAll(rest);
        return all;
    }

    private static Optional<Trigger> trigger(String word) {
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        return Arrays.stream(Trigger.values()).filter(t -> t.word.equals(name)).findFirst();
    }

    private static Effect effect(String word) {
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        return Arrays.stream(Effect.values())
                .filter(e -> e.word.equals(name))
                .findFirst()
                .orElse(Effect.DROP);
    }

    /** How many of the words belong to the first effect: it and what only changes it. */
    private static int ownWords(List<String> effects) {
        int count = 1;
        while (count < effects.size()
                && (List.of("dnr", "more", "executed").contains(effects.get(count))
                        || effects.get(count).startsWith("at="))) {
            count++;
        }
        return count;
    }

    private static String value(List<String> words, String key) {
        return words.stream()
                .filter(w -> w.startsWith(key + "="))
                .findFirst()
                .map(w -> w.substring(key.length() + 1))
                .orElse("");
    }

    /** The rule in the text form; fields that do not suit the trigger are left out. */
    String text() {
        List<String> words = new ArrayList<>();
        if (!on) {
            words.add("off");
        }
        words.add(trigger.hasValue() && !at.isBlank() ? trigger.word + "=" + at.strip() : trigger.word);
        if (trigger.isCommand()) {
            add(words, "opcode", opcode.strip().toLowerCase(Locale.ROOT));
            add(words, "nsid", nsid);
            words.addAll(words(dwords));
            add(words, "lba", lba);
        }
        if (!trigger.isOnce()) {
            add(words, "skip", skip);
            add(words, "every", every);
            add(words, "times", times);
        }
        add(words, "chance", chance.isBlank() || chance.strip().endsWith("%") ? chance : chance.strip() + "%");
        words.add("then");
        words.add(effectText());
        words.addAll(words(also));
        return String.join(" ", words);
    }

    private static void add(List<String> words, String key, String value) {
        if (!value.isBlank()) {
            words.add(key + "=" + value.strip());
        }
    }

    /** "corrupt at=7" has no value, but a word of its own. */
    private String effectText() {
        List<String> values = effect.hasValue ? words(value) : List.of();
        if (values.isEmpty()) {
            return effect.needsValue ? effect.word + "=" : effect.word;
        }
        boolean bare = values.getFirst().startsWith("at=");
        return effect.word + (bare ? " " : "=") + String.join(" ", values);
    }
}
