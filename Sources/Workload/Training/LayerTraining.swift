/// What training does with a layer.
public enum LayerTraining: Hashable, Sendable {
    /// Its weights, or adapters beside them, are trained.
    case trained
    /// Its weights are frozen, and gradients pass through it on their way to what is trained before it.
    case passing
    /// No gradient reaches it, because it is frozen and so is all before it, or because the method has none: it keeps nothing for a backward pass.
    case still
}

/// What training does with the weights of one operator.
public enum WeightTraining: Hashable, Sendable {
    /// They are trained.
    case trained
    /// They are frozen.
    case frozen
    /// They are frozen, and adapters beside them are trained.
    case adapted([AdapterPair])

    /// Whether something that reads the operator's input is trained, so that the input is kept.
    public var isTrained: Bool { self != .frozen }
}

extension TrainingMethod {
    /// What training does with the weights of an operator of a layer.
    public func training(of one: Operator, in layer: LayerTraining) -> WeightTraining {
        guard layer == .trained else { return .frozen }
        guard let adapters else { return .trained }
        let pairs = one.adapterPairs(adapters.targets)
        return pairs.isEmpty ? .frozen : .adapted(pairs)
    }

    /// What training does with each layer of a model.
    func layerTraining(layers: Int) -> [LayerTraining] {
        guard hasGradients else { return [LayerTraining](repeating: .still, count: layers) }
        let isTrained = (0..<layers).map { !frozen.contains($0) }
        let first = trainsEmbedding ? 0 : isTrained.firstIndex(of: true) ?? layers
        return isTrained.enumerated().map { layer, isTrained in isTrained ? .trained : layer < first ? .still : .passing }
    }
}

extension LayerClasses {
    /// The classes under a training method: layers that it treats differently are of different classes.
    public func trained(by method: TrainingMethod) -> LayerClasses {
        guard !method.frozen.layers.isEmpty || !method.hasGradients else { return self }
        struct Key: Hashable {
            let place: Int
            let training: LayerTraining
        }
        let training = method.layerTraining(layers: ofLayer.count)
        return LayerClasses(
            zip(ofLayer, training).map { Key(place: $0, training: $1) },
            prediction: ofLayer.isEmpty
                ? nil
                : Key(place: prediction, training: training.last == .still && method.hasGradients ? .passing : training.last ?? .trained)
        ) { key in
            var layer = classes[key.place]
            layer.training = key.training
            return layer
        }
    }
}

extension Operator {
    /// The adapters that an operator has where some projections are targets: a pair for each matrix, or one for all that it joins.
    func adapterPairs(_ targets: Set<Projection>) -> [AdapterPair] {
        let (inputs, outputs, keyValues): (Width, Width, Width)
        switch work {
        case .product(let product): (inputs, outputs, keyValues) = (product.inputs, product.outputs, product.keyValues)
        case .experts(let product): (inputs, outputs, keyValues) = (product.inputs, product.outputs, Width(0))
        default: return []
        }
        let joint =
            projections.contains(.up) ? Projection.gateUp : projections.first == .query && projections.count > 1 ? .queryKeyValue : nil
        if projections.count == 1 || joint.map(targets.contains) == true {
            guard projections.contains(where: targets.contains) || joint.map(targets.contains) == true else { return [] }
            return [AdapterPair(inputs: inputs, outputs: outputs, keyValues: keyValues)]
        }
        // Columns with a division of their own are those of keys and values; the others share the rest evenly.
        let beside = keyValues.elements > 0 ? projections.filter { $0 == .key || $0 == .value } : []
        let first = projections.filter { !beside.contains($0) }
        func pairs(_ names: [Projection], _ columns: Width) -> [AdapterPair] {
            var each = columns
            each.each /= max(1, names.count)
            return names.filter(targets.contains).map { _ in AdapterPair(inputs: inputs, outputs: each) }
        }
        return pairs(first, outputs) + pairs(beside, keyValues)
    }
}
