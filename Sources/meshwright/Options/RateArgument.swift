import ArgumentParser
import Quantities

/// Rates with their units.
enum RateArgument {
    /// A rate of arithmetic such as `14TFLOP/s`.
    static func compute(_ text: String) throws -> FLOPsPerSecond {
        guard let rate = try? QuantityText.computeRate(text), rate.value > 0, rate.value.isFinite else {
            throw ValidationError("'\(text)' is no compute rate; write one such as 14TFLOP/s")
        }
        return rate
    }

    /// A rate of bytes such as `900GB/s`.
    static func bytes(_ text: String) throws -> BytesPerSecond {
        guard let rate = try? QuantityText.byteRate(text), rate.value > 0, rate.value.isFinite else {
            throw ValidationError("'\(text)' is no data rate; write it with its unit, such as 900GB/s or 400Gbit/s")
        }
        return rate
    }
}
