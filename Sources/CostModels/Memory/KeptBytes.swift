public import Workload

/// What a layer keeps for the backward pass operator by operator, in bytes of one micro-batch on one rank; all of it together is the layer's memory.
public struct KeptBytes: Hashable, Sendable {
    /// Bytes of each operator, in the order of the layer's blocks.
    public let operators: [Double]
    /// What belongs to no operator: masks of dropout, and all that stays where every second matrix product is recomputed.
    public let beside: Double
}

extension LayerMemoryModel {
    /// What a layer of the class at place `layerClass` keeps, less what recomputing `modules` drops, under a method that trains every weight.
    public func kept(_ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules) -> KeptBytes {
        let whole = memory(layerClass, shape, recomputing: modules).savedSelective
        let blocks = inputs.model.blocks(of: inputs.layerClasses.classes[layerClass])
        let operators = blocks.flatMap(\.operators).map { bytes(of: $0, layerClass, shape, recomputing: modules) }
        guard !modules.contains(.alternateMatrixProducts) else {
            return KeptBytes(operators: operators.map { _ in 0 }, beside: whole)
        }
        return KeptBytes(operators: operators, beside: whole - operators.reduce(0, +))
    }
}
