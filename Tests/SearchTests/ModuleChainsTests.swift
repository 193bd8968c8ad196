import CostModels
import Parallelism
import TestInputs
import Testing
import Workload

@testable import Search

@Suite("Chains of modules that move")
struct ModuleChainsTests {
    private func layers(_ model: TransformerModel, recomputing modules: RecomputeModules = []) -> [LayerMemory] {
        let shape = LayerShape(
            tensor: 1, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: false)
        return LayerMemoryModel(Fixtures.inputs(model, nodes: 1, batch: 32, sequence: 2048)).memory(shape, recomputing: modules)
    }

    private static let sets = (1..<128).map { OffloadModules(rawValue: $0) }.filter { $0.left(recomputing: []) == $0 }

    /// Every set is in a chain or moves as much of every layer as one that is, and along a chain no layer moves less.
    @Test(arguments: [RecomputeModules(), .norms])
    func everySetIsThereOnce(recomputed: RecomputeModules) {
        for model in [Fixtures.tiny, Fixtures.mixture] {
            let memory = layers(model, recomputing: recomputed)
            func bytes(_ set: OffloadModules) -> [Double] { memory.map { $0.moved(with: set) } }
            let chains = memory.withUnsafeBufferPointer { ModuleChains(Self.sets, recomputing: recomputed, $0).chains }
            let listed = chains.flatMap(\.self)
            let amounts = listed.map(bytes)
            #expect(Set(amounts).count == listed.count)
            for set in Self.sets where set.left(recomputing: recomputed) == set && bytes(set).contains(where: { $0 > 0 }) {
                #expect(amounts.contains(bytes(set)), "\(set.names)")
            }
            for chain in chains {
                for (one, next) in zip(chain, chain.dropFirst()) {
                    #expect(zip(bytes(one), bytes(next)).allSatisfy { $0 <= $1 }, "\(one.names) \(next.names)")
                }
            }
        }
    }

    /// tiny's norms and projections each move 2,048 numbers a token, its core 4,096: six amounts from the least to all of them, in one chain.
    @Test func denseLayersMakeOneChain() {
        let memory = layers(Fixtures.tiny)
        let chains = memory.withUnsafeBufferPointer { ModuleChains(Self.sets, recomputing: [], $0).chains }
        #expect(chains.count == 1)
        #expect(chains[0].map { memory[0].moved(with: $0) / memory[0].moved(with: .attentionNorm) } == [1, 2, 3, 4, 5, 6])
    }
}
