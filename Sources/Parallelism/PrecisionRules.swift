public import Hardware
public import Workload

/// Which number formats a GPU multiplies in, and a stack trains in.
public enum PrecisionRules {
    /// Architectures whose matrix units came before bf16: NVIDIA's have it from compute capability 8.0 on (CUDA C++ Programming Guide,
    /// "Alternate Floating-Point"), AMD's from CDNA on.
    private static let withoutBF16: Set<String> = ["kepler", "maxwell", "pascal", "volta", "turing", "gcn", "vega"]

    /// The 16-bit format that a job has where none is stated: bf16 where all GPUs have it and the stack trains in it, else fp16.
    ///
    /// - Parameter stack: The stack that must launch it; nil asks for the GPUs only.
    public static func usual(on cluster: ClusterProfile, stack: SoftwareStack?) -> Precision {
        let formats: [Precision] = [.bf16, .fp16, .fp32]
        return formats.first { problem($0, on: cluster, stack: stack) == nil } ?? .bf16
    }

    /// Formats that a GPU type has products for.
    ///
    /// bf16 came with Ampere and CDNA; fp8 needs 8-bit matrix units (Ada, Hopper, CDNA 3 and later); scales of 32 elements and 4-bit products exist from Blackwell on, those
    /// of 32 elements on CDNA 4 too (NVIDIA, Transformer Engine 2.x `fp8.py`, `check_mxfp8_support`, `check_nvfp4_support`; AMD, CDNA 4
    /// white paper).
    public static func formats(of gpu: GPU) -> Set<Precision> {
        var formats: Set<Precision> = [.fp16, .fp32]
        if !withoutBF16.contains(gpu.architecture.lowercased()) { formats.insert(.bf16) }
        guard gpu.peak.eight != nil else { return formats }
        formats.formUnion([.fp8, .fp8Rowwise])
        if gpu.architecture == "blackwell" || gpu.architecture == "cdna4" { formats.insert(.mxfp8) }
        if gpu.architecture == "blackwell", gpu.peak.four != nil { formats.insert(.nvfp4) }
        return formats
    }

    /// Why a job's format cannot be trained in, with the formats that can; nil where it can.
    ///
    /// - Parameter stack: The stack that must launch it; nil asks for the GPUs only.
    public static func problem(_ precision: Precision, on cluster: ClusterProfile, stack: SoftwareStack?) -> String? {
        func words(_ formats: Set<Precision>) -> String {
            Precision.allCases.filter(formats.contains).map(\.rawValue).joined(separator: ", ")
        }
        if let gpu = cluster.groups.map(\.gpu).first(where: { !formats(of: $0).contains(precision) }) {
            return "\(gpu.name) has no \(precision.rawValue) products; it has \(words(formats(of: gpu)))"
        }
        if let stack, !stack.launches.precisions.contains(precision) {
            return "\(stack.name) does not train in \(precision.rawValue); it trains in \(words(stack.launches.precisions))"
        }
        return nil
    }
}
