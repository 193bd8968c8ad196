import Testing

@testable import Parallelism

/// Names of releases as dates.
@Suite struct SoftwareReleaseTests {
    /// Months before the date, counted from the year 0.
    private static let names: [(name: String, months: Double)] = [
        ("26.02", 24313), ("nemo:25.11", 24310), ("26.06.01", 24317.1), ("2025", 24306), ("2025-06", 24305), ("2025-07-01", 24306),
        ("0.14", 24309.225806451614), ("core_v0.14.0", 24309.225806451614), ("megatron-core 0.4.0", 24287.322580645163),
    ]

    @Test(arguments: names)
    func `containers, versions and dates are dates`(name: String, months: Double) throws {
        #expect(abs(try #require(SoftwareRelease.date(name)) * 12 - months) < 1e-6)
    }

    @Test(arguments: ["", "new", "0.99", "26", "26.13", "26.2", "2025-13", "2025-06-32", "1.14", "26.02-rc1", "v2"])
    func `what names no release is no date`(name: String) { #expect(SoftwareRelease.date(name) == nil) }

    @Test func `a month reads back as it was written`() throws {
        for year in 2023...2026 {
            for month in ["01", "05", "09", "12"] {
                let date = try #require(SoftwareRelease.date("\(year)-\(month)"))
                #expect(SoftwareRelease.month(date) == "\(year)-\(month)")
            }
        }
    }

    @Test func `recipes of before 2025 leave the loss to separate kernels where the framework has such recipes`() {
        var choices = ExecutionChoices(attentionKernel: .fused, fusedNorm: true, overlapsDataParallel: true)
        choices.take(release: 2024.9, usesMegatronCore: false)
        #expect(choices.fusedLoss)
        choices.take(release: 2024.9, usesMegatronCore: true)
        #expect(!choices.fusedLoss)
        choices.take(release: 2025, usesMegatronCore: true)
        #expect(choices.fusedLoss)
        #expect(choices.release == 2025)
    }
}
