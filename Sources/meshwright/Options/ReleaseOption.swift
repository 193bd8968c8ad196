import ArgumentParser
import CostModels
import Hardware
import Parallelism

/// The date of the software that runs.
struct ReleaseOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Release of the software: a container's month (26.02), a version of Megatron Core (0.14) or a date (2025-06). By default of early 2026.",
            valueName: "release"), transform: parse)
    var release: Double?

    /// The date of a release that a user names.
    static func parse(_ text: String) throws -> Double {
        guard let date = SoftwareRelease.date(text) else {
            throw ValidationError("--release \(text): no release is known by that; give \(SoftwareRelease.examples)")
        }
        return date
    }

    /// The choices of a run on that software; what was not measured of it is said.
    func applied(to choices: ExecutionChoices, stack: SoftwareStack, cluster: ClusterProfile) -> ExecutionChoices {
        guard let release else { return choices }
        var choices = choices
        let taken = SoftwareRelease.taken(release)
        choices.take(release: taken, usesMegatronCore: stack.lineage == "megatron-core")
        let slow = cluster.groups.map(\.gpu.architecture).filter { !CostInputs.datedArchitectures.contains($0) }
        if let architecture = slow.first {
            ErrorReporting.warn("--release changes no kernel's time on \(architecture) GPUs, of which no run states its release")
        } else if taken != release {
            ErrorReporting.warn(
                "--release \(SoftwareRelease.month(release)): taken as \(SoftwareRelease.month(taken)), since no run beyond that was measured"
            )
        }
        return choices
    }
}
