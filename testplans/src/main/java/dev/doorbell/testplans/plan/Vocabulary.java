package dev.doorbell.testplans.plan;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.StatusCodes;
import dev.doorbell.testplans.plan.CommandExpect.StatusMatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The catalogue's names as plans may write them: case, spaces, dashes and slashes do not count. */
final class Vocabulary {
    private static final Pattern CODE =
            Pattern.compile("(?:0x)?([0-9a-fA-F]{1,2})\\s*/\\s*(?:0x)?([0-9a-fA-F]{1,2})h?");
    private static final int SUGGESTIONS = 6;

    private final Catalogue catalogue;

    Vocabulary(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The name reduced to its letters and digits in lower case. */
    static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** The commands of that name, none, one, or one on each kind of queue. */
    List<CommandSpec> commands(String name) {
        return catalogue.commands().stream()
                .filter(c -> plain(c.name()).equals(plain(name)))
                .toList();
    }

    Optional<CommandSpec> command(boolean admin, int opcode) {
        return catalogue.command(admin ? CommandSpec.Queue.ADMIN : CommandSpec.Queue.IO, opcode);
    }

    PlanException unknownCommand(Value name) {
        return new PlanException(
                name.at(),
                "'" + name.text()
                        + "' is no command of the catalogue; allowed: an opcode such as 0x06, or a name such as "
                        + closest(name.text(), catalogue.commands().stream().map(CommandSpec::name)));
    }

    /** Checks the name of a field and gives it as the catalogue writes it. */
    String field(Optional<CommandSpec> command, String written, SourceLine at) {
        String plain = plain(written);
        List<String> dwords =
                IntStream.rangeClosed(2, 15).mapToObj(i -> "cdw" + i).toList();
        if (dwords.contains(plain) || List.of("nsid", "fuse", "psdt").contains(plain)) {
            return plain;
        }
        List<String> names = command.stream()
                .flatMap(c -> c.fields().stream())
                .map(CommandSpec.DwordField::name)
                .toList();
        for (String name : names) {
            if (plain(name).equals(plain)) {
                return name;
            }
        }
        String of = command.map(c -> "'" + c.name() + "'").orElse("a command given by number");
        List<String> allowed = new ArrayList<>(names);
        allowed.addAll(List.of("nsid", "fuse", "psdt", "cdw2 to cdw15"));
        throw new PlanException(
                at, "'" + written + "' is no field of " + of + "; allowed: " + String.join(", ", allowed));
    }

    /** Reads an accepted status: {@code success}, {@code 02/85}, a name of the catalogue, any, error, timeout. */
    StatusMatch status(Value value) {
        String plain = plain(value.text());
        switch (plain) {
            case "success", "successfulcompletion":
                return new StatusMatch.Code(0, 0, "Success");
            case "any":
                return new StatusMatch.Any();
            case "error":
                return new StatusMatch.AnyError();
            case "timeout":
                return new StatusMatch.Timeout();
            default:
                break;
        }
        Matcher code = CODE.matcher(value.text().strip());
        if (code.matches()) {
            int sct = Integer.parseInt(code.group(1), 16);
            int sc = Integer.parseInt(code.group(2), 16);
            return new StatusMatch.Code(
                    sct, sc, catalogue.statusCodes().of(sct, sc).name());
        }
        for (StatusCodes.Status status : catalogue.statusCodes().all()) {
            if (plain(status.name()).equals(plain)) {
                return new StatusMatch.Code(status.sct(), status.sc(), status.name());
            }
        }
        throw new PlanException(
                value.at(),
                "'" + value.text()
                        + "' is no status; allowed: success, error, any, timeout, a code such as 02/85, or a name such as "
                        + closest(
                                value.text(),
                                catalogue.statusCodes().all().stream().map(StatusCodes.Status::name)));
    }

    /** Checks the id of a structure. */
    String structure(Value value) {
        if (catalogue.structure(value.text()).isPresent()) {
            return value.text();
        }
        throw new PlanException(
                value.at(),
                "'" + value.text() + "' is no structure of the catalogue; close to it are "
                        + closest(value.text(), catalogue.structures().stream().map(s -> s.id())));
    }

    /** Checks a register's name; an offset goes through as it is. */
    String register(Value value) {
        if (Quantities.integer(value.text()).isPresent()
                || catalogue.register(value.text()).isPresent()) {
            return value.text();
        }
        throw new PlanException(
                value.at(),
                "'" + value.text() + "' is no register; allowed: an offset such as 0x1c, or a name such as "
                        + closest(value.text(), catalogue.registers().stream().map(r -> r.name())));
    }

    private static String closest(String text, Stream<String> names) {
        String wanted = plain(text);
        return names.distinct()
                .sorted(Comparator.comparingInt(n -> distance(wanted, plain(n))))
                .limit(SUGGESTIONS)
                .toList()
                .toString()
                .replaceAll("[\\[\\]]", "");
    }

    /** Edit distance, less when one is a part of the other. */
    private static int distance(String a, String b) {
        if (b.contains(a) || a.contains(b)) {
            return 1;
        }
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(cost, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
