package dev.doorbell.testplans.engine;

import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.Plan.CaseGroup;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.PlanReader;
import dev.doorbell.testplans.plan.Plans;
import dev.doorbell.testplans.plan.SourceLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.ClasspathResourceSelector;
import org.junit.platform.engine.discovery.DirectorySelector;
import org.junit.platform.engine.discovery.FileSelector;
import org.junit.platform.engine.discovery.UniqueIdSelector;
import org.junit.platform.engine.support.descriptor.ClasspathResourceSource;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.junit.platform.engine.support.descriptor.FilePosition;
import org.junit.platform.engine.support.descriptor.FileSource;

/** Finds the plans that a discovery request asks for. Unique ids tell where a plan came from, so that one can be run again. */
final class PlanDiscovery {
    private static final String FILE = "file";
    private static final String RESOURCE = "resource";
    private static final String GROUP = "group";
    private static final String CASE = "case";

    private final EngineDiscoveryRequest request;
    private final EngineDescriptor root;

    PlanDiscovery(EngineDiscoveryRequest request, UniqueId engineId) {
        this.request = request;
        this.root = new EngineDescriptor(engineId, "Doorbell test plans");
    }

    TestDescriptor discover() {
        request.getSelectorsByType(FileSelector.class).stream()
                .map(FileSelector::getPath)
                .filter(PlanDiscovery::isPlan)
                .forEach(p -> file(p, everything()));
        request.getSelectorsByType(DirectorySelector.class)
                .forEach(d -> Plans.files(d.getPath()).forEach(p -> file(p, everything())));
        request.getSelectorsByType(ClasspathResourceSelector.class).stream()
                .map(ClasspathResourceSelector::getClasspathResourceName)
                .filter(n -> isPlan(Path.of(n)))
                .forEach(n -> resource(n, everything()));
        request.getSelectorsByType(UniqueIdSelector.class).forEach(s -> again(s.getUniqueId()));
        return root;
    }

    private static boolean isPlan(Path path) {
        return path.toString().endsWith(".yaml") || path.toString().endsWith(".yml");
    }

    /** Selects a plan, a group or a case by the unique id that an earlier discovery gave it. */
    private void again(UniqueId id) {
        List<UniqueId.Segment> parts = id.getSegments();
        if (!id.hasPrefix(root.getUniqueId()) || parts.size() < 2) {
            return;
        }
        UniqueId.Segment plan = parts.get(1);
        String group = parts.size() > 2 ? parts.get(2).getValue() : "";
        String one = parts.size() > 3 ? parts.get(3).getValue() : "";
        Function<PlanCase, Boolean> wanted = c -> (group.isEmpty() || c.fullId().startsWith(group + "/"))
                && (one.isEmpty() || c.fullId().equals(one));
        if (plan.getType().equals(FILE)) {
            file(Path.of(plan.getValue()), wanted);
        } else if (plan.getType().equals(RESOURCE)) {
            resource(plan.getValue(), wanted);
        }
    }

    private static Function<PlanCase, Boolean> everything() {
        return c -> true;
    }

    private void file(Path path, Function<PlanCase, Boolean> wanted) {
        UniqueId id = root.getUniqueId().append(FILE, path.toString());
        add(
                id,
                path.toString(),
                () -> PlanReader.read(path),
                wanted,
                at -> FileSource.from(path.toFile(), position(at)));
    }

    private void resource(String name, Function<PlanCase, Boolean> wanted) {
        UniqueId id = root.getUniqueId().append(RESOURCE, name);
        add(id, name, () -> read(name), wanted, at -> ClasspathResourceSource.from(name, position(at)));
    }

    private static FilePosition position(SourceLine at) {
        return FilePosition.from(at.line(), at.column());
    }

    private static Plan read(String resource) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) {
                throw new PlanException(new SourceLine(resource, 1, 1), "there is no such resource on the class path");
            }
            return PlanReader.read(in, resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(
            UniqueId id,
            String name,
            Supplier<Plan> read,
            Function<PlanCase, Boolean> wanted,
            Function<SourceLine, TestSource> source) {
        Plan plan;
        try {
            plan = read.get();
        } catch (PlanException e) {
            root.addChild(new UnreadablePlanDescriptor(id, name, e, source.apply(e.at())));
            return;
        } catch (UncheckedIOException e) {
            root.addChild(new UnreadablePlanDescriptor(id, name, e, source.apply(new SourceLine(name, 1, 1))));
            return;
        }
        PlanDescriptor top = new PlanDescriptor(id, plan, source.apply(plan.at()));
        for (CaseGroup g : plan.groups()) {
            GroupDescriptor group = new GroupDescriptor(id.append(GROUP, g.id()), g, source.apply(g.at()));
            for (PlanCase c : g.cases()) {
                if (wanted.apply(c)) {
                    UniqueId caseId = group.getUniqueId().append(CASE, c.fullId());
                    group.addChild(new CaseDescriptor(caseId, c, source.apply(c.at())));
                }
            }
            if (!group.getChildren().isEmpty()) {
                top.addChild(group);
            }
        }
        root.addChild(top);
    }
}
