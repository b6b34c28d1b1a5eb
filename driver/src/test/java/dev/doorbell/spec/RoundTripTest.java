package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON that was exported gives the same bytes when it is read back. */
class RoundTripTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Stream<String> structures() {
        return Catalogue.standard().structures().stream().map(StructureSpec::id);
    }

    @ParameterizedTest
    @MethodSource("structures")
    void randomBytesSurviveJson(String id) throws Exception {
        StructureSpec spec = Catalogue.standard().structure(id).orElseThrow();
        Random random = new Random(id.hashCode());
        for (int round = 0; round < 6; round++) {
            byte[] data = new byte[spec.bytes()];
            random.nextBytes(data);
            if (round % 2 == 1) {
                Arrays.fill(data, random.nextInt(data.length), data.length, (byte) 0);
            }
            JsonNode json = MAPPER.readTree(spec.decode(data).toJson().toString());
            assertThat(spec.encode(json)).isEqualTo(data);
        }
    }

    @Test
    void openListsKeepTheirLength() throws Exception {
        StructureSpec spec = Catalogue.standard().structure("ana-log").orElseThrow();
        byte[] data = new byte[16 + 40 + 36];
        data[8] = 2;
        data[16] = 1;
        data[20] = 2;
        data[48] = 1;
        data[52] = 2;
        data[56] = 2;
        data[60] = 1;
        data[88] = 3;
        Decoded decoded = spec.decode(data);
        assertThat(decoded.find("GROUP[0].NSID[1]").orElseThrow().rawLong()).isEqualTo(2);
        assertThat(decoded.find("GROUP[1].NSID[0]").orElseThrow().rawLong()).isEqualTo(3);
        assertThat(spec.encode(MAPPER.readTree(decoded.toJson().toString()))).isEqualTo(data);
    }

    @Test
    void aMisspelledKeyIsNamed() {
        StructureSpec spec = Catalogue.standard().structure("smart").orElseThrow();
        ObjectNode json = MAPPER.createObjectNode().put("ctemp", 300);
        assertThatThrownBy(() -> spec.encode(json)).hasMessageContaining("ctemp");
        ObjectNode large = MAPPER.createObjectNode().put("ctemp_kelvin", 70_000);
        assertThatThrownBy(() -> spec.encode(large)).hasMessageContaining("does not fit");
    }
}
