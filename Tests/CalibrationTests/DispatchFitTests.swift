import CostModels
import Documents
import Foundation
import Testing

@testable import Calibration

/// The laws of DeepEP's kernels against AIConfigurator's measurements.
@Suite struct DispatchFitTests {
    private static let path: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let path = root.appending(path: "../shared/data/ops/moe_dispatch_combine.csv").standardized.path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
    private static let names = [
        "h100-80gb-sxm": "H100-SXM5-80GB", "h200-sxm": "H200-SXM-141GB", "b200-sxm": "B200-SXM", "b300-sxm": "B300-SXM", "gb200": "GB200",
        "gb300": "GB300",
    ]

    /// Points of known constants give them back.
    @Test func `constants that made the points are found again`() async throws {
        var text = "gpu,mode,nodes,ep,tokens_per_rank,hidden,topk,experts,sms,dispatch_us,combine_us\n"
        let law = try #require(DispatchLaw(.normal, [30, 40, 0.6, 0.5]))
        for tokens in [16, 128, 1024, 8192] {
            for sms in [4, 12, 24] {
                for hidden in [2048, 7168] {
                    let point = DispatchLaw.Point(
                        tokens: Double(tokens), hidden: Double(hidden), perToken: 8, experts: 128, ranks: 8, nodes: 1,
                        multiprocessors: Double(sms), bytes: DispatchKernels.eightBits)
                    text += "X,normal,1,8,\(tokens),\(hidden),8,128,\(sms),\(law.seconds(point) * 1e6),1\n"
                }
            }
        }
        let fit = try DispatchFit(CSVTable.parse(text: text, file: "t"), gpu: "X", .dispatch)
        let found = try #require(await fit.run(.normal))
        #expect(found.error < 0.01)
        #expect(await fit.run(.lowLatency) == nil)
    }

    @Test(.enabled(if: path != nil, "needs ../shared/data/ops/moe_dispatch_combine.csv"))
    func `points that were held out are met`() async throws {
        let table = try CSVTable.read(path: try #require(Self.path), skippingRagged: true)
        var (sum, points) = (0.0, 0)
        for (name, gpu) in Self.names.sorted(by: { $0.key < $1.key }) {
            let shipped = try #require(DispatchKernels(gpu: name))
            for direction in DispatchFit.Direction.allCases {
                let fit = try DispatchFit(table, gpu: gpu, direction)
                for family in DispatchLaw.Family.allCases {
                    guard let samples = fit.samples[family], let found = await fit.run(family) else { continue }
                    sum += found.error * Double(samples.count)
                    points += samples.count
                    // Low-latency families have 48 to 65 points, half of which are fitted.
                    #expect(found.error < (family == .lowLatency ? 0.19 : 0.15), "\(name) \(direction) \(family): \(found.error)")
                    let law = try #require((direction == .dispatch ? shipped.dispatch : shipped.combine)[family])
                    let error = DispatchFit.error(law, samples)
                    #expect(error < 0.15, "\(name) \(direction) \(family) as shipped: \(error)")
                }
            }
        }
        #expect(points > 12_000 && sum / Double(points) < 0.1, "\(sum / Double(points)) over \(points)")
    }
}
