/// The laws of DeepEP's kernels on the GPU types on which they were measured.
public struct DispatchKernels: Sendable {
    /// The laws of each direction, by family.
    public let dispatch, combine: [DispatchLaw.Family: DispatchLaw]
    /// The GPU type that was measured, by the name of its file.
    public let gpu: String

    /// Ranks of one fabric up to which it was measured: those of a node, four of the Grace types.
    public var measuredRanks: Int { gpu.hasPrefix("gb") ? 4 : 8 }

    /// Bytes of a number in a dispatch of 8 bits: one, and a scale of 4 bytes for 128 numbers.
    public static let eightBits = 1 + 4.0 / 128

    /// Nodes up to which exchanges over nodes were measured, and tokens of a rank; on 8 nodes a combine of more than 4,096 tokens took up to 2.6 times
    /// as long as its law has it.
    public static let measuredNodes = 8, measuredTokens = 131_072, measuredTokensOverNodes = 4096

    /// Nodes that a token's experts were on at most where exchanges over nodes were measured: those with the best experts (DeepEP's own test of exchanges
    /// over nodes, `num_topk_groups`, which AIConfigurator's collector runs).
    public static let measuredNodeLimit = 4

    /// Multiprocessors that its normal kernels had.
    public static let measuredMultiprocessors = 4...24

    /// The kernels of a GPU type; nil where they were not measured on it.
    public init?(gpu: String) {
        guard let rows = Self.fitted[gpu] else { return nil }
        func laws(_ direction: Int) -> [DispatchLaw.Family: DispatchLaw] {
            var laws: [DispatchLaw.Family: DispatchLaw] = [:]
            for (family, constants) in rows { laws[family] = DispatchLaw(family, constants[direction]) }
            return laws
        }
        (dispatch, combine, self.gpu) = (laws(0), laws(1), gpu)
    }

    /// The GPU types that were measured.
    public static var gpus: [String] { fitted.keys.sorted() }

    /// Constants of dispatch and combine, as `DispatchFit` finds them from all points.
    private static let fitted: [String: [DispatchLaw.Family: [[Double]]]] = [
        "h100-80gb-sxm": [
            .normal: [[28.0, 43.8, 0.549, 0.390], [38.9, 34.0, 0.725, 0.790]],
            .normalOverNodes: [
                [30.9, 83.2, 0.193, 0.0736, 2.56, 5.03, 21.5, 52.3], [62.6, 0.498, 0.0738, 9.55, 2.33, 1.14, 10.8, 13.8],
            ],
            .lowLatency: [[10.7, 3.63, 261], [9.91, 4.19, 39.3]],
            .lowLatencyOverNodes: [[21.2, 2.64e-4, 46.5, 1.16, 20.6], [22.7, 0.0317, 3.49, 0.486, 21.9]],
        ],
        "h200-sxm": [
            .normal: [[27.4, 41.9, 0.621, 0.393], [38.5, 34.9, 0.748, 0.697]],
            .lowLatency: [[9.47, 3.43, 210], [9.32, 3.95, 35.8]],
        ],
        "b200-sxm": [
            .normal: [[36.6, 42.9, 0.654, 0.451], [48.2, 30.7, 0.483, 0.912]],
            .lowLatency: [[19.6, 1.86, 239], [17.8, 1.53, 21.1]],
        ],
        "b300-sxm": [
            .normal: [[37.4, 39.9, 0.662, 0.466], [48.3, 29.7, 0.469, 0.900]],
            .lowLatency: [[19.8, 1.87, 234], [18.2, 1.51, 22.4]],
        ],
        "gb200": [
            .normal: [[32.1, 30.6, 1.06, 0.710], [40.0, 27.3, 1.14, 0.864]],
            .lowLatency: [[15.4, 1.67, 229], [14.0, 1.35, 25.3]],
        ],
        "gb300": [
            .normal: [[33.2, 29.4, 0.848, 0.723], [39.0, 26.6, 1.13, 0.849]],
            .lowLatency: [[14.4, 1.76, 221], [12.9, 1.39, 27.2]],
        ],
    ]
}
