package dev.doorbell.testplans.cli;

import dev.doorbell.driver.Binding;
import dev.doorbell.driver.Elevation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "bind",
        mixinStandardHelpOptions = true,
        description = "Binds an NVMe function to vfio-pci, so that Doorbell can open it.")
final class BindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FUNCTION", description = "Its PCI address, 0000:01:00.0.")
    private String function;

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.carryOut(
                new Binding().bind(function, Elevation.callingUser()),
                spec.commandLine().getOut());
    }
}
