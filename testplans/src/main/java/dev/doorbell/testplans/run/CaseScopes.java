package dev.doorbell.testplans.run;

import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The names that the values of a case may use, innermost first. */
final class CaseScopes {
    private CaseScopes() {}

    static Scope of(PlanCase plan, Map<String, String> saved, Scope facts) {
        Scope savedNames = name -> Optional.ofNullable(saved.get(name));
        return savedNames.within(parameters(plan, facts)).within(facts);
    }

    /** Parameters may use facts, and parameters written before them. */
    private static Scope parameters(PlanCase plan, Scope facts) {
        return name -> {
            if (!plan.parameters().containsKey(name)) {
                return Optional.empty();
            }
            Map<String, String> before = new LinkedHashMap<>();
            Scope known = ((Scope) n -> Optional.ofNullable(before.get(n))).within(facts);
            for (var parameter : plan.parameters().entrySet()) {
                before.put(parameter.getKey(), parameter.getValue().text(known));
                if (parameter.getKey().equals(name)) {
                    break;
                }
            }
            return Optional.of(before.get(name));
        };
    }
}
