import CostModels
import Documents
import Foundation
import Hardware
import Search
import Testing
import Workload

@testable import Calibration

/// Constants of kernels that hold for every GPU: fits recover those that made-up timings were made with, and the shipped ones hold against
/// measurements.
@Suite struct KernelFitTests {
    /// The GPU types of the tables, by the names that those have for them.
    private static let gpus: [String: GPU] = {
        let names = ["A100-SXM4-80GB", "H100-SXM5-80GB", "H200-SXM-141GB", "B200-SXM", "B300-SXM", "GB200", "GB300", "L40S"]
        let path = CalibrationFixtures.root.appendingPathComponent("ClusterProfiles/Runs/aliases.yaml").path
        guard let aliases = try? RunAliases.read(path: path) else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                (try? CalibrationFixtures.library.gpu(aliases.gpuType(name))).map { (name, $0) }
            })
    }()
    private var gpus: [String: GPU] { Self.gpus }

    private func table(_ text: String) throws -> CSVTable { try CSVTable.parse(text: text, file: "data.csv", skippingRagged: true) }

    @Test func `recurrences and convolutions`() throws {
        var truth = RecurrenceConstants()
        truth.delta.latency = 2.5e-5
        truth.delta.passes = 1.2
        truth.delta.rate = 1.2e12
        truth.delta.stateTime = 2.2e-6
        truth.delta.blocks = 1.2
        (truth.convolutionLatency, truth.convolutionPasses, truth.convolutionTime) = (4e-6, 2, 1.4e-10)
        var text = "gpu,op,kernel,batch,seq_len,key_heads,key_dim,value_heads,value_dim,chunk,time_us,source\n"
        for name in ["H100-SXM5-80GB", "B200-SXM"] {
            let core = RecurrentCore(gpu: try #require(gpus[name]), constants: truth)
            for batch in [1, 8] {
                for sequence in [512, 1024, 4096, 16384] {
                    for heads in [16, 32, 64] {
                        let work = Recurrence(
                            .delta, heads: heads, keyHeads: 16, keyWidth: 128, valueWidth: 128, chunk: 64, parameters: 0)
                        let shape = RecurrentCore.Shape(batch: Double(batch), sequence: Double(sequence), share: 1)
                        let seconds = core.seconds(work, shape).forward
                        let convolution = core.convolutionSeconds(
                            tokens: Double(batch * sequence), channels: Double(2 * 16 * 128 + heads * 128)
                        ).forward
                        let sizes = "\(batch),\(sequence),16,128,\(heads),128,"
                        text += "\(name),gated_delta,chunk_gated_delta_rule,\(sizes),\(seconds * 1e6),a 1\n"
                        text += "\(name),gated_delta,causal_conv1d_fn,\(sizes),\(convolution * 1e6),a 1\n"
                    }
                }
            }
        }
        text += "H100-SXM5-80GB,gated_delta,fused,1,1024,16,128,16,128,,1,a 1\n"
        text += "H900,gated_delta,causal_conv1d_fn,1,1024,16,128,16,128,,1,a 1\n"
        text += "L40S,gated_delta,causal_conv1d_fn,1,1024,16,128,16,128,,1,a 1\n"
        text += "B200-SXM,gated_delta,causal_conv1d_fn,1,1024,16,128,16,128,,1,b 2\n"
        let rows = TimingRows(source: "A 1", except: ["L40S"])
        let result = try RecurrenceFit(table(text), gpu: { gpus[$0] }, rows: rows).run()
        #expect(abs(result.constants.convolutionPasses / 2 - 1) < 0.03)
        #expect(abs(result.constants.convolutionTime / 1.4e-10 - 1) < 0.1)
        #expect(abs(result.constants.convolutionLatency / 4e-6 - 1) < 0.1)
        #expect(result.constants.channelDelta == RecurrenceConstants().channelDelta && result.constants.decay.rate == nil)
        #expect(
            result.fit.changes.map(\.key).prefix(5) == ["delta.latency", "delta.passes", "delta.stateTime", "delta.blocks", "delta.rate"])
        let classes = Dictionary(uniqueKeysWithValues: result.fit.classes.map { ($0.name, $0) })
        for name in ["gated-delta, sequence ≥ 1,024", "convolution, sequence ≥ 1,024", "gated-delta, on b200-sxm"] {
            let group = try #require(classes[name], "\(classes.keys)")
            #expect(group.after.meanAbsolute < 0.03 && group.before.meanAbsolute > 0.05, "\(name): \(group)")
        }
        #expect(
            result.fit.skipped.map(\.reason) == [
                "a GPU left out", "another source", "no GPU type is called H900", "the kernel fused of gated_delta is not fitted",
            ])
    }

    @Test func `sparse attention and its indexer`() throws {
        var truth = RecurrenceConstants()
        (truth.sparseRate, truth.scoringEfficiency, truth.scoringPasses) = (3e12, 0.7, 2.5)
        var text = "gpu,op,heads,batch,new_tokens,past_tokens,time_us\n"
        for name in ["H100-SXM5-80GB", "GB200"] {
            let core = SparseCore(gpu: try #require(gpus[name]), constants: truth)
            for batch in [1, 4] {
                for new in [512, 2048, 8192] {
                    for past in [0, 4096, 32768] {
                        let (tokens, keys) = (Double(batch * new), Double(past) + Double(new) / 2)
                        let attention = core.attentionSeconds(tokens: tokens, heads: 64, chosen: 2048, widths: 1088).forward
                        text += "\(name),sparse_attention,64,\(batch),\(new),\(past),\(attention * 1e6)\n"
                        text += "\(name),indexer_scores,64,\(batch),\(new),\(past),"
                        text += "\(core.scoringSeconds(tokens: tokens, keys: keys, width: 64 * 128) * 1e6)\n"
                        text += "\(name),whole_module,64,\(batch),\(new),\(past),1\n"
                    }
                }
            }
        }
        let result = try SparseAttentionFit(table(text), gpu: { gpus[$0] }).run()
        #expect(abs(result.constants.sparseRate / 3e12 - 1) < 0.02)
        #expect(abs(result.constants.scoringEfficiency / 0.7 - 1) < 0.1)
        #expect(abs(result.constants.scoringPasses / 2.5 - 1) < 0.1)
        #expect(result.constants.choiceTime == RecurrenceConstants().choiceTime)
        #expect(result.fit.skipped.map(\.count) == [36])
        #expect(throws: CalibrationError.self) {
            _ = try SparseAttentionFit(table(text), gpu: { gpus[$0] }, rows: TimingRows(source: "none")).run()
        }
        #expect(throws: DocumentError.self) {
            _ = try SparseAttentionFit(table("gpu,op,time_us\nGB200,top_k,1\n"), gpu: { gpus[$0] })
        }
    }

    /// The means that docs/accuracy.md states, over all points rather than those kept out.
    @Test(.enabled(if: CalibrationFixtures.measured("ops/recurrent.csv") != nil, "needs ../shared/data/ops/recurrent.csv"))
    func `shipped constants of recurrences`() throws {
        let path = try #require(CalibrationFixtures.measured("ops/recurrent.csv"))
        let table = try CSVTable.read(path: path, skippingRagged: true)
        let cases: [(kernel: String, source: String?, except: [String], limit: Double)] = [
            ("gated-delta", "trtllm", [], 0.12), ("kimi-delta", nil, [], 0.12), ("mamba-2", nil, [], 0.06),
            ("convolution", "vllm", ["L40S"], 0.06),
        ]
        for (kernel, source, except, limit) in cases {
            let rows = TimingRows(source: source, kernels: [kernel], except: except)
            let fit = try RecurrenceFit(table, gpu: { gpus[$0] }, rows: rows).fit
            let family = try #require(fit.families.firstIndex { $0.name == kernel })
            let errors = try #require(fit.errors(family: family, RecurrenceConstants(), heldOutOnly: false))
            #expect(errors.count > 50 && errors.meanAbsolute < limit, "\(kernel): \(errors)")
        }
    }

    @Test(
        .enabled(
            if: CalibrationFixtures.measured("ops/sparse_attention.csv") != nil, "needs ../shared/data/ops/sparse_attention.csv"))
    func `shipped constants of sparse attention`() throws {
        let path = try #require(CalibrationFixtures.measured("ops/sparse_attention.csv"))
        let fit = try SparseAttentionFit(CSVTable.read(path: path, skippingRagged: true), gpu: { gpus[$0] }).fit
        for (family, limit) in [(0, 0.12), (1, 0.12)] {
            let errors = try #require(fit.errors(family: family, RecurrenceConstants(), heldOutOnly: false))
            #expect(errors.count > 3000 && errors.meanAbsolute < limit, "\(fit.families[family].name): \(errors)")
        }
    }
}
