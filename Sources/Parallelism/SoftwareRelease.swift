/// When software was released, by the names that people give a release.
public enum SoftwareRelease {
    /// The date that a name stands for, as a year with its fraction; nil where it names none.
    ///
    /// A container's month (`26.02`, `26.06.01`, `nemo:25.11`), a version of Megatron Core (`0.14`, `core_v0.14.0`), or a date (`2025`, `2025-06`,
    /// `2025-06-15`). A month counts from its first day, a year alone from its middle, a patch of a container as a tenth of a month.
    public static func date(_ name: String) -> Double? {
        let number = name.reversed().prefix { $0.isNumber || $0 == "." || $0 == "-" }.reversed().drop { !$0.isNumber }
        let text = String(number)
        if text.contains("-") || (text.count == 4 && !text.contains(".")) { return calendarDate(text) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty && $0.count <= 2 }) else { return nil }
        if parts[0] == "0" { return coreReleases[Int(parts[1]) ?? 0] }
        guard parts[0].count == 2, parts[1].count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (1...12).contains(month) else {
            return nil
        }
        return 2000 + Double(year) + (Double(month - 1) + (parts.count > 2 ? 0.1 : 0)) / 12
    }

    /// Names that `date` takes, for people who gave another.
    public static let examples = "a container's month such as 26.02, a version of Megatron Core such as 0.14, or a date such as 2025-06"

    /// The dates that measured runs of more than one release lie between, which no slope was fitted beyond: from 2023 to the month of the container 26.08.
    public static let measured = 2023.0...(2026 + 8.0 / 12)

    /// The date within what was measured that is nearest to one.
    public static func taken(_ date: Double) -> Double { min(max(date, measured.lowerBound), measured.upperBound) }

    /// A date that was written as a month again.
    public static func month(_ date: Double) -> String {
        let months = Int((date * 12 + 1e-6).rounded(.down))
        let month = months % 12 + 1
        return "\(months / 12)-\(month < 10 ? "0" : "")\(month)"
    }

    private static func calendarDate(_ text: String) -> Double? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count <= 3, let year = parts[0], (1000...9999).contains(year) else { return nil }
        guard parts.count > 1 else { return Double(year) + 0.5 }
        guard let month = parts[1], (1...12).contains(month) else { return nil }
        guard parts.count > 2 else { return Double(year) + Double(month - 1) / 12 }
        guard let day = parts[2], (1...31).contains(day) else { return nil }
        return Double(year) + (Double(month - 1) + Double(day - 1) / 31) / 12
    }

    /// Megatron Core 0.n by n: the dates of the tags core_v0.n.0 of NVIDIA/Megatron-LM.
    private static let coreReleases: [Int: Double] = [
        4: "2023-12-11", 5: "2024-02-26", 6: "2024-04-18", 7: "2024-05-30", 8: "2024-08-12", 9: "2024-10-24", 10: "2025-02-17",
        11: "2025-03-14", 12: "2025-05-06", 13: "2025-07-25", 14: "2025-10-08", 15: "2025-12-05", 16: "2026-02-26", 17: "2026-04-14",
        18: "2026-06-22", 19: "2026-08-19",
    ].compactMapValues(calendarDate)
}

extension ExecutionChoices {
    /// NVIDIA's recipes fuse the loss since 2025; those of 2024 leave it to separate kernels.
    private static let fusedLossSince = 2025.0

    /// Takes what the date of a stack's software decides: how fast its kernels are, and whether its recipes fuse the loss.
    public mutating func take(release date: Double, usesMegatronCore: Bool) {
        release = date
        if usesMegatronCore { fusedLoss = date >= Self.fusedLossSince }
    }
}
