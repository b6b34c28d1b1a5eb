package dev.doorbell.plugin;

import java.io.InputStream;
import java.util.List;
import org.pf4j.ExtensionPoint;

/** More structures, registers, log pages, commands and status codes. Needs no window. */
public interface CatalogueContribution extends ExtensionPoint {
    /** YAML files in the catalogue's format; the caller closes them. */
    List<InputStream> files();
}
