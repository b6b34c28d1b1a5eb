package dev.doorbell.testplans.junit;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Qpair;
import dev.doorbell.testplans.plan.Quantities;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Injects into tests what they need of a device.
 *
 * <ul>
 *   <li>{@link Controller} and {@link Device}: one for each test class, initialised; made ready again when a test left
 *       it disabled
 *   <li>{@link Namespace}: the first active one, or the one of {@link Nsid}
 *   <li>{@link Qpair} ({@link Depth}) and {@link Buffer} ({@link Size}): new for each parameter of each test
 *   <li>{@code @Seed long} and {@link SplittableRandom}: from the run's seed
 * </ul>
 *
 * <p>After each test, passed or failed, its qpairs are closed, then its buffers; after the class its controller. The
 * device is {@code -Ddoorbell.device=}, {@code sim:} by default. The seed is {@code -Ddoorbell.seed=}, or a new one; it
 * is logged and published as a report entry, so that a failure can be repeated.
 */
public final class DoorbellExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
    /** Configuration parameter and system property: the device's address. */
    public static final String DEVICE = "doorbell.device";

    /** Configuration parameter and system property: the seed. */
    public static final String SEED = "doorbell.seed";

    private static final Logger LOG = LoggerFactory.getLogger(DoorbellExtension.class);
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(DoorbellExtension.class);
    private static final int DEFAULT_BYTES = 4096;
    private static final int DEFAULT_DEPTH = 64;
    private static final List<Class<?>> TYPES =
            List.of(Controller.class, Device.class, Namespace.class, Qpair.class, Buffer.class, SplittableRandom.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        seed(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.publishReportEntry(SEED, "0x%x".formatted(seed(context)));
        openController(context).filter(c -> c.state() != Controller.State.READY).ifPresent(c -> {
            LOG.warn("the controller is {} after the test before; initialising it again", c.state());
            c.initialise();
        });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return TYPES.contains(type) || type == long.class && parameter.isAnnotated(Seed.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Parameter p = parameter.getParameter();
        Class<?> type = p.getType();
        if (type == long.class) {
            return seed(context);
        }
        if (type == SplittableRandom.class) {
            return new SplittableRandom(seed(context));
        }
        Controller controller = controller(context);
        if (type == Controller.class) {
            return controller;
        }
        if (type == Device.class) {
            return controller.device();
        }
        if (type == Namespace.class) {
            return namespace(controller, p);
        }
        TestResources resources = resources(context);
        if (type == Qpair.class) {
            int depth = Optional.ofNullable(p.getAnnotation(Depth.class))
                    .map(Depth::value)
                    .orElse(DEFAULT_DEPTH);
            return resources.qpair(controller.createQpair(depth));
        }
        int bytes = Optional.ofNullable(p.getAnnotation(Size.class))
                .map(Size::value)
                .orElse(DEFAULT_BYTES);
        return resources.buffer(controller.device().allocate(bytes));
    }

    private static Namespace namespace(Controller controller, Parameter p) {
        List<Integer> active = controller.activeNamespaces();
        int nsid = Optional.ofNullable(p.getAnnotation(Nsid.class))
                .map(Nsid::value)
                .or(() -> active.stream().findFirst())
                .orElseThrow(() -> new ParameterResolutionException(
                        controller.device().address().text() + " has no active namespace to inject"));
        if (!active.contains(nsid)) {
            throw new ParameterResolutionException("%s has no active namespace %d; active are %s"
                    .formatted(controller.device().address().text(), nsid, active));
        }
        return controller.namespace(nsid);
    }

    /** The resources of the test that asks, or of the class for what its constructor or {@code @BeforeAll} asks for. */
    private static TestResources resources(ExtensionContext context) {
        // The controller must be in the store before: stores close what came last first.
        controller(context);
        return context.getStore(STORE)
                .getOrComputeIfAbsent(TestResources.class, k -> new TestResources(), TestResources.class);
    }

    private static Controller controller(ExtensionContext context) {
        Supplier<OpenController> open = () ->
                new OpenController(context.getConfigurationParameter(DEVICE).orElse("sim:"));
        return classStore(context)
                .getOrComputeIfAbsent(OpenController.class, k -> open.get(), OpenController.class)
                .controller();
    }

    private static Optional<Controller> openController(ExtensionContext context) {
        return Optional.ofNullable(classStore(context).get(OpenController.class, OpenController.class))
                .map(OpenController::controller);
    }

    private static ExtensionContext.Store classStore(ExtensionContext context) {
        ExtensionContext at = context;
        while (at.getTestMethod().isPresent() && at.getParent().isPresent()) {
            at = at.getParent().get();
        }
        return at.getStore(STORE);
    }

    /** One seed for the whole run. */
    private static long seed(ExtensionContext context) {
        return context.getRoot()
                .getStore(STORE)
                .getOrComputeIfAbsent(
                        SEED,
                        k -> {
                            long seed = context.getConfigurationParameter(SEED)
                                    .map(DoorbellExtension::parseSeed)
                                    .orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1L << 32));
                            LOG.info(
                                    "seed 0x{}; repeat with -D{}=0x{}",
                                    Long.toHexString(seed),
                                    SEED,
                                    Long.toHexString(seed));
                            return seed;
                        },
                        Long.class);
    }

    private static long parseSeed(String text) {
        return Quantities.integer(text)
                .orElseThrow(
                        () -> new IllegalArgumentException(SEED + "=" + text + " is no number; allowed: 12 or 0x0c"))
                .longValue();
    }
}
