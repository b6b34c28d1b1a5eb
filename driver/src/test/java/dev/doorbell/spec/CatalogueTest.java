package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the bundled files against the rules that every layout follows. */
class CatalogueTest {
    private final Catalogue catalogue = Catalogue.standard();

    @Test
    void structuresCoverEveryByteOnceAndBitsEveryBit() {
        List<String> wrong = new ArrayList<>();
        for (StructureSpec s : catalogue.structures()) {
            check(s.id(), s.fields(), s.bytes(), wrong);
            ref(s.id(), s.ref(), wrong);
        }
        assertThat(wrong).isEmpty();
        assertThat(catalogue.structures()).hasSizeGreaterThan(60);
    }

    @Test
    void registersDoNotOverlapAndCoverTheirBits() {
        List<String> wrong = new ArrayList<>();
        int next = 0;
        for (RegisterSpec r : catalogue.registers()) {
            if (r.offset() < next) {
                wrong.add(r.name() + " overlaps the register before");
            }
            next = r.offset() + r.bytes();
            if (!r.fields().isEmpty()) {
                bits(r.name(), r.fields(), r.bytes(), wrong);
            }
            values(r.name(), r.field(), wrong);
            ref(r.name(), r.ref(), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void commandFieldsFitTheirDwordsAndNameWhatTheyUse() {
        List<String> wrong = new ArrayList<>();
        for (CommandSpec c : catalogue.commands()) {
            Set<String> names = new HashSet<>();
            boolean[] used = new boolean[16 * 32];
            for (CommandSpec.DwordField f : c.fields()) {
                String where = c.name() + "." + f.name();
                if (!names.add(f.name())) {
                    wrong.add(where + " stands twice");
                }
                occupy(where, used, f.dword(), f.bitLow(), f.bitHigh(), wrong);
                f.dword2().ifPresent(d -> occupy(where, used, d, f.bitLow2(), f.bitHigh2(), wrong));
                values(where, f.spec(), wrong);
            }
            if (!c.size().field().isEmpty() && c.field(c.size().field()).isEmpty()) {
                wrong.add(c.name() + " counts data in a field that it does not have");
            }
            if (c.danger() != CommandSpec.Danger.NONE && c.dangerText().isEmpty()) {
                wrong.add(c.name() + " does not say what it destroys");
            }
            ref(c.name(), c.ref(), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void detailsNameFieldsThatExist() {
        for (CommandSpec c : catalogue.commands()) {
            var token = java.util.regex.Pattern.compile("\\{(\\w+)").matcher(c.details());
            while (token.find()) {
                String name = token.group(1);
                assertThat(name.equals("ns")
                                || name.equals("size")
                                || c.field(name).isPresent())
                        .as("%s: {%s}", c.name(), name)
                        .isTrue();
            }
        }
    }

    @Test
    void featuresLogsAndIdentifyStructuresAreNamedOnce() {
        assertThat(catalogue.features()).extracting(FeatureSpec::name).doesNotHaveDuplicates();
        assertThat(catalogue.logPages()).extracting(LogPageSpec::name).doesNotHaveDuplicates();
        assertThat(catalogue.identifies()).extracting(IdentifySpec::name).doesNotHaveDuplicates();
        assertThat(catalogue.capabilities())
                .extracting(c -> c.extended() + c.name())
                .doesNotHaveDuplicates();
        assertThat(catalogue.features())
                .allSatisfy(f -> assertThat(f.ref().document()).isNotBlank());
    }

    private static void check(String where, List<FieldSpec> fields, int bytes, List<String> wrong) {
        Set<String> names = new HashSet<>();
        int next = 0;
        for (FieldSpec f : fields) {
            String path = where + "." + f.name();
            if (!names.add(JsonForm.key(f))) {
                wrong.add(path + " stands twice");
            }
            if (f.byteOffset() != next) {
                wrong.add(path + " starts at " + f.byteOffset() + ", the field before ends at " + next);
            }
            next = f.byteOffset() + f.byteLength();
            if (f.title().isEmpty()) {
                wrong.add(path + " has no title");
            }
            values(path, f, wrong);
            ref(path, f.ref(), wrong);
            int each = f.type() == FieldSpec.Type.ARRAY ? f.repeat().elementBytes() : f.byteLength();
            if (f.type() == FieldSpec.Type.ARRAY
                    && f.repeat().count() >= 0
                    && f.repeat().count() * each != f.byteLength()) {
                wrong.add(path + " has elements that do not fill it");
            }
            if (!f.fields().isEmpty() && f.fields().getFirst().isBits()) {
                bits(path, f.fields(), each, wrong);
            } else if (!f.fields().isEmpty()) {
                check(path, f.fields(), each, wrong);
            }
        }
        if (next != bytes) {
            wrong.add(where + " ends at " + next + ", not at " + bytes);
        }
    }

    private static void bits(String where, List<FieldSpec> bits, int bytes, List<String> wrong) {
        Set<String> names = new HashSet<>();
        int next = 0;
        for (FieldSpec bit : bits) {
            String path = where + "." + bit.name();
            if (!names.add(JsonForm.key(bit))) {
                wrong.add(path + " stands twice");
            }
            if (bit.bitLow() != next || bit.bitHigh() < bit.bitLow()) {
                wrong.add(path + " starts at bit " + bit.bitLow() + ", not " + next);
            }
            next = bit.bitHigh() + 1;
            values(path, bit, wrong);
        }
        if (next != bytes * 8) {
            wrong.add(where + " describes " + next + " bits of " + bytes * 8);
        }
    }

    private static void values(String where, FieldSpec f, List<String> wrong) {
        int bits = f.type() == FieldSpec.Type.ARRAY ? f.repeat().elementBytes() * 8 : f.bits();
        for (long value : f.values().keySet()) {
            if (bits < 63 && value >>> bits != 0) {
                wrong.add(where + " lists " + value + ", which does not fit in " + bits + " bits");
            }
        }
    }

    private static void ref(String where, SpecRef ref, List<String> wrong) {
        if (ref.document().isBlank()) {
            wrong.add(where + " has no ref");
        }
    }

    private static void occupy(String where, boolean[] used, int dword, int low, int high, List<String> wrong) {
        for (int bit = low; bit <= high; bit++) {
            if (dword > 15 || bit > 31 || used[dword * 32 + bit]) {
                wrong.add(where + " overlaps or leaves its dword at bit " + bit);
                return;
            }
            used[dword * 32 + bit] = true;
        }
    }
}
