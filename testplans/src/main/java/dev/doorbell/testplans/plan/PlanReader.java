package dev.doorbell.testplans.plan;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.testplans.plan.Plan.CaseGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads plans. Every error is a {@link PlanException} that names file and line and says what is allowed there. */
public final class PlanReader {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]*");
    private static final int MAX_CASES_FROM_PARAMETERS = 256;

    private final String file;
    private final StepReader steps;
    private final RequirementReader requirements = new RequirementReader();

    private PlanReader(String file, Catalogue catalogue) {
        this.file = file;
        this.steps = new StepReader(file, new Vocabulary(catalogue));
    }

    /** Reads a plan file. Throws {@link UncheckedIOException} when it cannot be read at all. */
    public static Plan read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return read(in, path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a plan from a stream, which stays open; {@code name} stands for the file in messages. */
    public static Plan read(InputStream in, String name) {
        return read(new InputStreamReader(in, StandardCharsets.UTF_8), name, Catalogue.standard());
    }

    /** Reads a plan from its text. */
    public static Plan readText(String text, String name) {
        return read(new StringReader(text), name, Catalogue.standard());
    }

    /** Reads a plan against a catalogue with additions. */
    public static Plan read(Reader reader, String name, Catalogue catalogue) {
        Node root;
        try {
            root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            int column = e.getProblemMark() == null ? 1 : e.getProblemMark().getColumn() + 1;
            throw new PlanException(new SourceLine(name, line, column), "not valid YAML: " + e.getProblem());
        }
        if (root == null) {
            throw new PlanException(
                    new SourceLine(name, 1, 1), "the plan is empty; it starts with plan:, title:, groups:");
        }
        return new PlanReader(name, catalogue).plan(root);
    }

    private Plan plan(Node root) {
        Block b = Block.of(file, root, "a plan").only("plan", "title", "description", "seed", "requires", "groups");
        OptionalLong seed =
                b.has("seed") ? OptionalLong.of(b.required("seed").asLong(Scope.EMPTY)) : OptionalLong.empty();
        List<CaseGroup> groups = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Block group : b.blocks("groups", "a group")) {
            groups.add(group(group, ids));
        }
        if (groups.isEmpty()) {
            throw new PlanException(b.at(), "a plan needs at least one group with cases under 'groups'");
        }
        return new Plan(
                id(b, "plan"),
                b.required("title").text(),
                b.text("description"),
                seed,
                requirements.read(b),
                groups,
                b.at());
    }

    private CaseGroup group(Block b, Set<String> ids) {
        b.only("group", "title", "description", "requires", "parameters", "cases");
        String id = id(b, "group");
        if (!ids.add(id)) {
            throw new PlanException(b.at("group"), "the group id '" + id + "' is taken already");
        }
        List<Requirement> shared = requirements.read(b);
        List<PlanCase> cases = new ArrayList<>();
        for (Block c : b.blocks("cases", "a case")) {
            cases.addAll(cases(c, id, shared, b));
        }
        if (cases.isEmpty()) {
            throw new PlanException(b.at(), "the group '" + id + "' has no cases");
        }
        Set<String> caseIds = new HashSet<>();
        for (PlanCase c : cases) {
            if (!caseIds.add(c.fullId())) {
                throw new PlanException(c.at(), "the case id '" + c.fullId() + "' is taken already");
            }
        }
        return new CaseGroup(id, b.value("title", id).text(), b.text("description"), cases, b.at());
    }

    private List<PlanCase> cases(Block b, String group, List<Requirement> shared, Block groupBlock) {
        b.only(
                "case",
                "title",
                "description",
                "spec",
                "requires",
                "parameters",
                "depth",
                "timeout",
                "steps",
                "teardown");
        String id = id(b, "case");
        List<Requirement> requires = new ArrayList<>(shared);
        requires.addAll(requirements.read(b));
        List<Step> body = steps.steps(b, "steps");
        if (body.isEmpty()) {
            throw new PlanException(b.at(), "the case '" + id + "' has no steps");
        }
        List<PlanCase> result = new ArrayList<>();
        for (Map<String, Value> parameters : combinations(groupBlock, b)) {
            List<String> varied = parameters.entrySet().stream()
                    .filter(e -> isList(groupBlock, b, e.getKey()))
                    .map(e -> e.getValue().text())
                    .toList();
            String suffix = varied.isEmpty() ? "" : "[" + String.join(",", varied) + "]";
            String title = b.required("title").text() + (varied.isEmpty() ? "" : ", " + String.join(", ", varied));
            result.add(new PlanCase(
                    group + "/" + id + suffix,
                    title,
                    b.text("description"),
                    b.text("spec"),
                    requires,
                    parameters,
                    b.value("depth", "16"),
                    b.time("timeout"),
                    body,
                    steps.steps(b, "teardown"),
                    b.at()));
        }
        return result;
    }

    private static boolean isList(Block group, Block c, String name) {
        for (Block b : List.of(c, group)) {
            var node = b.block("parameters", "'parameters'").flatMap(p -> p.node(name));
            if (node.isPresent()) {
                return Block.isList(node.get());
            }
        }
        return false;
    }

    /** Every combination of the values of parameters that are lists, the first varying slowest. */
    private static List<Map<String, Value>> combinations(Block group, Block c) {
        Map<String, List<Value>> all = new LinkedHashMap<>();
        for (Block b : List.of(group, c)) {
            b.block("parameters", "'parameters'")
                    .ifPresent(p -> p.keys().forEach(name -> all.put(name, p.valueList(name))));
        }
        List<Map<String, Value>> result = new ArrayList<>(List.of(new LinkedHashMap<>()));
        for (Map.Entry<String, List<Value>> parameter : all.entrySet()) {
            List<Map<String, Value>> next = new ArrayList<>();
            for (Map<String, Value> before : result) {
                for (Value value : parameter.getValue()) {
                    Map<String, Value> with = new LinkedHashMap<>(before);
                    with.put(parameter.getKey(), value);
                    next.add(with);
                }
            }
            if (next.size() > MAX_CASES_FROM_PARAMETERS) {
                throw new PlanException(
                        c.at("parameters"), "the parameters make more than " + MAX_CASES_FROM_PARAMETERS + " cases");
            }
            result = next;
        }
        return result;
    }

    private static String id(Block b, String key) {
        Value value = b.required(key);
        if (!ID.matcher(value.text()).matches()) {
            throw new PlanException(
                    value.at(), "'" + value.text() + "' is no id; allowed: lower-case letters, digits, '-', '.', '_'");
        }
        return value.text();
    }
}
